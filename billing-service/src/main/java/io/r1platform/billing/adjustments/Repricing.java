package io.r1platform.billing.adjustments;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.prices.Charge;
import io.r1platform.billing.prices.PriceBook;
import io.r1platform.billing.prices.PriceVersion;
import io.r1platform.billing.prices.Rated;
import io.r1platform.billing.prices.RatedVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Rates stored requests by another version or draft, at the first tier; writes nothing. A public
 * list takes the requests that are charged by public lists now, a contract all of its organization.
 * When the version holds does not matter; the windows are those of admission.
 */
@Component
class Repricing {
  static final Duration LONGEST = Duration.ofDays(35);
  static final int MOST_REQUESTS = 500_000;
  private static final int FETCH = 5_000;

  /**
   * Which requests, by which version.
   *
   * @param versionId a version or draft
   * @param from first moment of admission
   * @param to first moment of admission that is left out
   * @param tenantId only this organization's; null: all whom the version's list is for
   */
  record Range(long versionId, Instant from, Instant to, @Nullable Long tenantId) {}

  /**
   * One request.
   *
   * @param supersedes the re-rating that counts now; 0: the price of admission
   * @param version the version that counts now
   * @param window the window that counts now
   * @param amount what is charged now, in pico
   * @param after what the new version charges; null: it has no price for it
   */
  record Row(
      UUID eventId,
      long supersedes,
      Charge charge,
      long projectId,
      long keyId,
      long version,
      int window,
      long amount,
      @Nullable Rated after) {
    /** Whether another version or window would count. */
    boolean changes() {
      return after != null && (after.version().versionId() != version || after.window() != window);
    }
  }

  private final JdbcClient jdbc;
  private final PriceBook book;

  Repricing(JdbcClient jdbc, PriceBook book) {
    this.jdbc = jdbc;
    this.book = book;
  }

  /**
   * The version of a range, ready for rating.
   *
   * @throws ServiceException {@code not_found}; {@code prices_refused} if the time is longer than
   *     {@link #LONGEST}, or the version is another organization's
   */
  RatedVersion version(Range range) {
    if (!range.to.isAfter(range.from)
        || Duration.between(range.from, range.to).compareTo(LONGEST) > 0) {
      throw ServiceException.pricesRefused(
          "'to' is after 'from', by at most %d days.".formatted(LONGEST.toDays()));
    }
    RatedVersion rated =
        book.find(range.versionId)
            .orElseThrow(() -> ServiceException.notFound("Price version " + range.versionId));
    Long owner = rated.version().tenantId();
    if (owner != null && range.tenantId != null && !owner.equals(range.tenantId)) {
      throw ServiceException.pricesRefused(
          "Version %d is the contract of another organization.".formatted(range.versionId));
    }
    return rated;
  }

  /**
   * Gives every request of the range once, all as of one moment, in the caller's transaction.
   *
   * @throws ServiceException {@code prices_refused} if there are more than {@link #MOST_REQUESTS},
   *     an amount does not fit, or requests of these days have left the database
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void each(Range range, RatedVersion rated, Consumer<Row> consumer) {
    PriceVersion version = rated.version();
    Long tenant = version.tenantId() == null ? range.tenantId : version.tenantId();
    requireAllHere(range);
    int[] seen = {0};
    jdbc.sql(
            """
            select * from rated_request
            where admitted_at >= :from and admitted_at < :to
              and bucket between :firstBucket and :lastBucket
              and (cast(:tenant as bigint) is null or tenant_id = :tenant)
              and (:contract or card_tenant_id is null) and currency = :currency
            limit :most
            """)
        .param("from", range.from.atOffset(ZoneOffset.UTC))
        .param("to", range.to.atOffset(ZoneOffset.UTC))
        .param("firstBucket", range.from.atOffset(ZoneOffset.UTC).toLocalDate().minusDays(1))
        .param("lastBucket", range.to.atOffset(ZoneOffset.UTC).toLocalDate().plusDays(1))
        .param("tenant", tenant)
        .param("contract", version.tenantId() != null)
        .param("currency", version.currency())
        .param("most", MOST_REQUESTS + 1)
        .withFetchSize(FETCH)
        .query(
            (RowCallbackHandler)
                row -> {
                  if (++seen[0] > MOST_REQUESTS) {
                    throw ServiceException.pricesRefused(
                        "More than %d requests: choose a shorter time.".formatted(MOST_REQUESTS));
                  }
                  consumer.accept(read(row, rated));
                });
  }

  private void requireAllHere(Range range) {
    String retired =
        jdbc.sql(
                """
                select max(day)::text from (
                  select day from usage_retired where requests > 0
                  union all
                  select admitted_on from usage_retired_tenant) gone
                where day between :first and :last
                """)
            .param("first", LocalDate.ofInstant(range.from, ZoneOffset.UTC))
            .param("last", LocalDate.ofInstant(range.to.minusNanos(1), ZoneOffset.UTC))
            .query((row, n) -> String.valueOf(row.getString(1)))
            .single();
    if (!retired.equals("null")) {
      throw ServiceException.pricesRefused(
          "Requests of %s and maybe before have left the database: 'from' is after that day."
              .formatted(retired));
    }
  }

  private static Row read(ResultSet row, RatedVersion rated) throws SQLException {
    var charge =
        new Charge(
            row.getLong("tenant_id"),
            row.getInt("model_id"),
            row.getObject("admitted_at", OffsetDateTime.class).toInstant(),
            row.getBoolean("batch"),
            row.getInt("tok_hit"),
            row.getInt("tok_miss"),
            row.getInt("tok_reason"),
            row.getInt("tok_answer"));
    UUID eventId = Objects.requireNonNull(row.getObject("event_id", UUID.class));
    try {
      return new Row(
          eventId,
          row.getLong("rerating_no"),
          charge,
          row.getLong("project_id"),
          row.getLong("api_key_id"),
          row.getLong("version_id"),
          row.getInt("win"),
          row.getLong("amount_pico"),
          rated.rate(charge, rated.windowAt(charge.admittedAt())));
    } catch (ArithmeticException e) {
      throw ServiceException.pricesRefused(
          "The charge of request %s would not fit.".formatted(eventId));
    }
  }
}
