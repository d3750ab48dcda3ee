package io.r1platform.billing.prices;

import io.r1platform.billing.errors.ServiceException;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What stored usage would have cost by another version or draft, at the first tier. Writes nothing.
 * A public list is compared with what was charged by public lists, a contract with all that its
 * tenant was charged; when the version holds does not matter, the windows are those of admission.
 */
@Component
class Preview {
  static final Duration LONGEST = Duration.ofDays(35);
  static final int MOST_REQUESTS = 500_000;
  private static final int FETCH = 5_000;
  private static final Sku[] CLASSES = {Sku.HIT, Sku.MISS, Sku.REASONING, Sku.ANSWER};

  /** Pico-dollars and tokens of one tenant and SKU. */
  record Row(long tenantId, Sku sku, BigInteger tokens, BigInteger before, BigInteger after) {}

  /**
   * The comparison.
   *
   * @param requests how many were rated again
   * @param unpriced how many the version has no price for; they are in no row
   * @param rows by tenant and SKU
   */
  record Result(long requests, long unpriced, List<Row> rows) {}

  private record Key(long tenantId, Sku sku) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byTenant = Long.compare(tenantId, other.tenantId);
      return byTenant != 0 ? byTenant : sku.compareTo(other.sku);
    }
  }

  private static final class Sums {
    private final TreeMap<Key, Row> rows = new TreeMap<>();
    private long requests;
    private long unpriced;
  }

  private final JdbcClient jdbc;
  private final PriceBook book;
  private final PriceVersions versions;

  Preview(JdbcClient jdbc, PriceBook book, PriceVersions versions) {
    this.jdbc = jdbc;
    this.book = book;
    this.versions = versions;
  }

  /**
   * Rates the requests admitted in {@code [from, to)} again.
   *
   * @throws ServiceException {@code not_found}; {@code prices_refused} if the time is longer than
   *     {@link #LONGEST} or has more than {@link #MOST_REQUESTS} requests
   */
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  Result of(long versionId, Instant from, Instant to) {
    if (!to.isAfter(from) || Duration.between(from, to).compareTo(LONGEST) > 0) {
      throw ServiceException.pricesRefused(
          "'to' is after 'from', by at most %d days.".formatted(LONGEST.toDays()));
    }
    PriceVersion version =
        versions
            .find(versionId)
            .orElseThrow(() -> ServiceException.notFound("Price version " + versionId));
    var rated = new RatedVersion(version, book.calendars());
    Book old = book.current();
    var sums = new Sums();
    jdbc.sql(
            """
            select u.tenant_id, u.model_id, u.admitted_at, u.win, u.version_id,
              u.tok_hit, u.tok_miss, u.tok_reason, u.tok_answer
            from usage_record u
              join rate_card_version v using (version_id) join rate_card c using (card_id)
            where u.admitted_at >= :from and u.admitted_at < :to
              and u.bucket between :firstBucket and :lastBucket
              and case when cast(:tenant as bigint) is null then c.tenant_id is null
                else u.tenant_id = :tenant end
            limit :most
            """)
        .param("from", from.atOffset(ZoneOffset.UTC))
        .param("to", to.atOffset(ZoneOffset.UTC))
        .param("firstBucket", from.atOffset(ZoneOffset.UTC).toLocalDate().minusDays(1))
        .param("lastBucket", to.atOffset(ZoneOffset.UTC).toLocalDate().plusDays(1))
        .param("tenant", version.tenantId())
        .param("most", MOST_REQUESTS + 1)
        .withFetchSize(FETCH)
        .query((RowCallbackHandler) row -> add(sums, rated, old, row));
    return new Result(sums.requests, sums.unpriced, new ArrayList<>(sums.rows.values()));
  }

  private static void add(Sums sums, RatedVersion rated, Book old, ResultSet row)
      throws SQLException {
    if (sums.requests + sums.unpriced >= MOST_REQUESTS) {
      throw ServiceException.pricesRefused(
          "More than %d requests: choose a shorter time.".formatted(MOST_REQUESTS));
    }
    long tenant = row.getLong("tenant_id");
    int model = row.getInt("model_id");
    long oldVersion = row.getLong("version_id");
    int oldWindow = row.getInt("win");
    int window = rated.windowAt(row.getObject("admitted_at", OffsetDateTime.class).toInstant());
    if (rated.unit(model, Sku.HIT, window) < 0) {
      sums.unpriced++;
      return;
    }
    sums.requests++;
    int[] tokens = {
      row.getInt("tok_hit"),
      row.getInt("tok_miss"),
      row.getInt("tok_reason"),
      row.getInt("tok_answer")
    };
    for (int i = 0; i < CLASSES.length; i++) {
      Sku sku = CLASSES[i];
      BigInteger count = BigInteger.valueOf(tokens[i]);
      long before = old.unit(oldVersion, model, sku, oldWindow).orElseThrow();
      long after = rated.unit(model, sku, window);
      var part =
          new Row(
              tenant,
              sku,
              count,
              count.multiply(BigInteger.valueOf(before)),
              count.multiply(BigInteger.valueOf(after)));
      sums.rows.merge(new Key(tenant, sku), part, Preview::sum);
    }
  }

  private static Row sum(Row a, Row b) {
    return new Row(
        a.tenantId, a.sku, a.tokens.add(b.tokens), a.before.add(b.before), a.after.add(b.after));
  }
}
