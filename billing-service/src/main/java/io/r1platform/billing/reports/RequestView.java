package io.r1platform.billing.reports;

import io.r1platform.billing.money.Dollars;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request as the console shows it; numbers are decimal strings. */
record RequestView(
    String id,
    Instant admittedAt,
    Instant finishedAt,
    String organizationId,
    String projectId,
    String apiKeyId,
    int modelId,
    String model,
    Counts.Tokens tokens,
    String finish,
    int ttftMs,
    String cost,
    List<String> flags,
    Waived waived,
    PriceVersion priceVersion,
    int window,
    List<Line> lines,
    @Nullable Receipt engine,
    @Nullable Posting ledger,
    @Nullable String referenceCost,
    String record,
    String leafSha256) {
  /** Tokens that were generated or read and not charged. */
  record Waived(String input, String output, String cause) {}

  /** The price list that was frozen at admission. */
  record PriceVersion(String versionId, String name, String contentSha256, Instant validFrom) {}

  /** One class of the charge: tokens times unit price. */
  record Line(String sku, String tokens, String unitPrice, String unitPico, String cost) {
    static Line of(String sku, long unitPico, ChargedRequest request) {
      int tokens = request.tokens(sku);
      return new Line(
          sku,
          Integer.toString(tokens),
          Dollars.perMillion(unitPico),
          Long.toString(unitPico),
          Dollars.of(Math.multiplyExact(unitPico, tokens)));
    }
  }

  /** What the engine says it did. */
  record Receipt(
      String instanceId,
      int attempt,
      String replica,
      String tokHit,
      String tokMiss,
      String tokReason,
      String tokOut,
      String finish,
      @Nullable String outputSha256,
      Instant startedAt,
      Instant endedAt) {
    static Receipt read(ResultSet row) throws SQLException {
      return new Receipt(
          row.getString("instance_id"),
          row.getInt("attempt"),
          row.getLong("replica_id") + "." + row.getInt("epoch"),
          row.getString("tok_hit"),
          row.getString("tok_miss"),
          row.getString("tok_reason"),
          row.getString("tok_out"),
          row.getString("finish"),
          row.getString("output_sha256"),
          ChargedRequest.instant(row, "started_at"),
          ChargedRequest.instant(row, "ended_at"));
    }
  }

  /** The batch's journal that holds this request's charge, this tenant's part by account. */
  record Posting(String journalId, List<Entry> entries) {}

  /** Sum of an account's entries: + debit, − credit. */
  record Entry(String account, String amount) {
    static Entry read(ResultSet row) throws SQLException {
      return new Entry(row.getString("account"), Dollars.of(Counts.integer(row, "amount")));
    }
  }

  static RequestView of(
      ChargedRequest r,
      List<Line> lines,
      @Nullable Receipt engine,
      List<Entry> entries,
      @Nullable Reference reference) {
    UUID journal = r.journalId();
    return new RequestView(
        r.id().toString(),
        r.admittedAt(),
        r.finishedAt(),
        Long.toString(r.organizationId()),
        Long.toString(r.projectId()),
        Long.toString(r.apiKeyId()),
        r.modelId(),
        r.model(),
        r.tokens(),
        r.finishName(),
        r.ttftMillis(),
        Dollars.of(r.amountPico()),
        r.flagNames(),
        new Waived(
            Integer.toString(r.waivedInput()), Integer.toString(r.waivedOutput()), r.cause()),
        new PriceVersion(
            Long.toString(r.versionId()), r.priceName(), r.priceSha256(), r.priceValidFrom()),
        r.window(),
        lines,
        engine,
        entries.isEmpty() ? null : new Posting(journal.toString(), entries),
        reference == null ? null : Dollars.of(reference.price(r.tokens())),
        r.record(),
        r.leafSha256());
  }
}
