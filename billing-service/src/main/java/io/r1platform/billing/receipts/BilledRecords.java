package io.r1platform.billing.receipts;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.Repriced;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the records of billed usage, by log index, a few thousand at a time. */
@Component
class BilledRecords {
  private static final int FETCH = 2_000;
  private static final String DAY =
      "coalesce(k.effective_on, (r.admitted_at at time zone 'UTC')::date)";
  private static final String RECORDS =
      """
      from charged_request r left join usage_correction k using (bucket, event_id)
        left join log_batch b on b.journal_id = r.journal_id
      where r.tenant_id = :organization and r.currency = :currency
        and r.bucket <= :end and DAY < :end
        and (cast(:begin as date) is null or DAY >= :begin or b.first_index >= :earlierSize
          or (b.first_index is null and b.journal_id is not null
            and cast(:earlierSize as bigint) is not null))
        and coalesce(b.first_index, 0) < :size
      """
          .replace("DAY", DAY);

  private static final String REPRICED =
      """
      from repriced_usage where tenant_id = :organization and currency = :currency and day < :end
        and (cast(:begin as date) is null or day >= :begin)
      """;
  private static final int KINDS = 4;

  /**
   * A kind of token at a price.
   *
   * @param sku as invoice lines have it
   * @param price SHA-256 of the price version's text, hexadecimal
   */
  record Place(long project, int model, String sku, String price, int window) {}

  /** Takes records. */
  @FunctionalInterface
  interface Sink {
    /** The next one: its index in the log, and its 184 bytes. */
    void take(long index, byte[] record);
  }

  /** A record of it has no place in the log yet. */
  static final class NotLogged extends RuntimeException {
    private NotLogged() {
      super("A request of the month is not in the log yet.");
    }
  }

  private final JdbcClient jdbc;

  BilledRecords(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Gives each to the sink; a transaction must be open, else the driver reads all at once.
   *
   * @throws NotLogged if one has no place in the log
   */
  void each(BilledUsage usage, Sink to) {
    var places = new Places();
    jdbc.sql(
            "select r.record, r.leaf_sha256, r.journal_id, b.first_index "
                + RECORDS
                + " order by b.first_index nulls first, r.event_id")
        .params(parameters(usage))
        .withFetchSize(FETCH)
        .query(
            row -> {
              Long first = row.getObject("first_index", Long.class);
              if (first == null) {
                throw new NotLogged();
              }
              UUID journal = row.getObject("journal_id", UUID.class);
              to.take(
                  first + places.next(journal, row.getBytes("leaf_sha256")),
                  row.getBytes("record"));
            });
  }

  /** The texts of the price versions that they, or what was priced anew, name. */
  List<String> prices(BilledUsage usage) {
    return jdbc.sql(
            "select price_version_text(version_id) from rate_card_version where content_sha256"
                + " in (select r.price_sha256 "
                + RECORDS
                + " union select decode(price_sha256, 'hex') "
                + REPRICED
                + ")")
        .params(parameters(usage))
        .query(String.class)
        .list();
  }

  /** Tokens by place, those that were priced anew at their new price; none without tokens. */
  Map<Place, BigInteger> tokens(BilledUsage usage) {
    var tokens = new HashMap<Place, BigInteger>();
    jdbc.sql(
            """
            select project_id, model_id, price, win, batch, sum(hit), sum(miss), sum(reasoning),
              sum(answer)
            from (select r.project_id, r.model_id, encode(r.price_sha256, 'hex') as price, r.win,
                r.flags & 8 <> 0 as batch, r.tok_hit::bigint as hit, r.tok_miss::bigint as miss,
                r.tok_reason::bigint as reasoning, r.tok_answer::bigint as answer
            """
                + RECORDS
                + " union all select project_id, model_id, price_sha256, win, batch, tok_hit,"
                + " tok_miss, tok_reason, tok_answer "
                + REPRICED
                + ") of group by 1, 2, 3, 4, 5")
        .params(parameters(usage))
        .query(
            row -> {
              for (int kind = 0; kind < KINDS; kind++) {
                var place =
                    new Place(
                        row.getLong("project_id"),
                        row.getInt("model_id"),
                        PriceText.sku(kind, row.getBoolean("batch")),
                        row.getString("price"),
                        row.getInt("win"));
                BigInteger sum = row.getBigDecimal(6 + kind).toBigIntegerExact();
                if (sum.signum() != 0) {
                  tokens.put(place, sum);
                }
              }
            });
    return tokens;
  }

  /** What was priced anew on the invoice. */
  Repriced repriced(BilledUsage usage) {
    var moves = new ArrayList<Repriced.Move>();
    jdbc.sql(
            "select project_id, model_id, price_sha256, win, batch, sum(tok_hit),"
                + " sum(tok_miss), sum(tok_reason), sum(tok_answer) "
                + REPRICED
                + " group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5")
        .params(parameters(usage))
        .query(
            row -> {
              for (int kind = 0; kind < KINDS; kind++) {
                long tokens = row.getBigDecimal(6 + kind).longValueExact();
                if (tokens != 0) {
                  moves.add(
                      new Repriced.Move(
                          row.getLong("project_id"),
                          row.getInt("model_id"),
                          PriceText.sku(kind, row.getBoolean("batch")),
                          row.getInt("win"),
                          Hash.ofHex(row.getString("price_sha256")),
                          tokens));
                }
              }
            });
    return new Repriced(moves);
  }

  private static Map<String, @Nullable Object> parameters(BilledUsage usage) {
    var parameters = new HashMap<String, @Nullable Object>();
    parameters.put("organization", usage.organization());
    parameters.put("currency", usage.currency());
    parameters.put("end", usage.end());
    parameters.put("begin", usage.begin());
    parameters.put("earlierSize", usage.earlierSize());
    parameters.put("size", usage.logSize());
    return parameters;
  }

  /** Finds leaves in their batch, which come in its order: by event id. */
  private final class Places {
    private @Nullable UUID journal;
    private byte[] leaves = {};
    private int next;

    private int next(UUID of, byte[] leaf) {
      if (!of.equals(journal)) {
        journal = of;
        next = 0;
        leaves =
            jdbc.sql("select leaves from log_batch where journal_id = ?")
                .param(of)
                .query((row, n) -> row.getBytes(1))
                .single();
      }
      while ((next + 1) * leaf.length <= leaves.length) {
        int begin = next++ * leaf.length;
        if (Arrays.equals(leaves, begin, begin + leaf.length, leaf, 0, leaf.length)) {
          return next - 1;
        }
      }
      throw new IllegalStateException("journal " + of + " lacks a leaf of its records");
    }
  }
}
