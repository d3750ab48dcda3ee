package io.r1platform.billing.adjustments;

import io.r1platform.billing.adjustments.Adjustments.Kind;
import io.r1platform.billing.adjustments.Adjustments.Subject;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Minimum commitments: what an organization pays at least for some whole UTC months. */
@Component
class Commitments {
  private static final String ROW =
      """
      select commitment_id, tenant_id, currency, lower(period) as from_at,
        upper(period) as until_at, minimum, actor, made_at, cancelled_at
      from commitment
      """;

  /**
   * A commitment.
   *
   * @param from its first month
   * @param until the first month after it
   * @param minimum pico, more than 0
   */
  record Commitment(
      long id,
      long tenantId,
      String currency,
      YearMonth from,
      YearMonth until,
      BigInteger minimum,
      String actor,
      Instant madeAt,
      @Nullable Instant cancelledAt) {}

  /** What a new one shall be. */
  record Terms(
      long tenantId, String currency, YearMonth from, YearMonth until, BigInteger minimum) {}

  private final JdbcClient jdbc;
  private final Adjustments adjustments;
  private final Clock clock;

  Commitments(JdbcClient jdbc, Adjustments adjustments, Clock clock) {
    this.jdbc = jdbc;
    this.adjustments = adjustments;
    this.clock = clock;
  }

  /**
   * Makes one; the same command again gives the same one.
   *
   * @throws ServiceException {@code invalid_request} if it would begin in a past month, last over
   *     36 months, or meet another one; {@code command_conflict}
   */
  @Transactional
  public Commitment make(UUID commandId, String actor, Terms terms) {
    lock(commandId);
    if (cancelledBy(commandId).isPresent()) {
      throw ServiceException.commandConflict(commandId.toString());
    }
    adjustments.lock(terms.tenantId);
    Optional<Commitment> known = made(commandId);
    if (known.isPresent()) {
      if (!terms(known.get()).equals(terms)) {
        throw ServiceException.commandConflict(commandId.toString());
      }
      return known.get();
    }
    check(terms);
    long id = insert(commandId, actor, terms);
    return find(id);
  }

  /**
   * Cancels one that has not begun; one that is cancelled stays so, and the same command again
   * gives the same one.
   *
   * @throws ServiceException {@code not_found}; {@code invalid_request} once it has begun; {@code
   *     command_conflict}
   */
  @Transactional
  public Commitment cancel(UUID commandId, long id, String actor) {
    lock(commandId);
    Optional<Long> before = cancelledBy(commandId);
    if (before.isPresent()) {
      if (before.get() != id) {
        throw ServiceException.commandConflict(commandId.toString());
      }
      return find(id);
    }
    if (made(commandId).isPresent()) {
      throw ServiceException.commandConflict(commandId.toString());
    }
    Commitment commitment = find(id);
    adjustments.lock(commitment.tenantId);
    Instant now = clock.instant();
    if (find(id).cancelledAt == null) {
      if (!now.isBefore(begin(commitment.from))) {
        throw ServiceException.invalidRequest("It has begun: it can no longer be cancelled.");
      }
      jdbc.sql(
              """
              update commitment set cancelled_at = ?, cancelled_by = ? where commitment_id = ?
              """)
          .params(now.atOffset(ZoneOffset.UTC), actor, id)
          .update();
    }
    jdbc.sql("insert into commitment_cancel values (?, ?, ?, ?)")
        .params(commandId, id, actor, now.atOffset(ZoneOffset.UTC))
        .update();
    return find(id);
  }

  /** One at a time for each command, before any organization is locked. */
  private void lock(UUID commandId) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 9))")
        .param(commandId.toString())
        .query((row, n) -> true)
        .single();
  }

  private Optional<Commitment> made(UUID commandId) {
    return jdbc.sql(ROW + " where command_id = ?")
        .param(commandId)
        .query((row, n) -> read(row))
        .optional();
  }

  private Optional<Long> cancelledBy(UUID commandId) {
    return jdbc.sql("select commitment_id from commitment_cancel where command_id = ?")
        .param(commandId)
        .query(Long.class)
        .optional();
  }

  /** The newest first, and one more than the page has. */
  List<Commitment> list(@Nullable Long tenantId, ListPage page) {
    return jdbc.sql(
            ROW
                + """
                where (cast(:tenant as bigint) is null or tenant_id = :tenant) and
                """
                + page.following("commitment_id", true))
        .param("tenant", tenantId)
        .query((row, n) -> read(row))
        .list();
  }

  /**
   * Those that count and ended in {@code (after, now]}, or by now with one of these months; of one
   * organization or all.
   */
  List<Commitment> ended(
      @Nullable Long tenantId, Instant after, Instant now, List<YearMonth> months) {
    String touched =
        months.stream()
            .map(month -> Adjustments.period(month, month.plusMonths(1)))
            .collect(Collectors.joining(",", "{", "}"));
    return jdbc.sql(
            ROW
                + """
                where cancelled_at is null and upper(period) <= :now
                  and (cast(:tenant as bigint) is null or tenant_id = :tenant)
                  and (upper(period) > :after or period && cast(:touched as tstzmultirange))
                order by tenant_id, commitment_id
                """)
        .param("tenant", tenantId)
        .param("after", after.atOffset(ZoneOffset.UTC))
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("touched", touched)
        .query((row, n) -> read(row))
        .list();
  }

  /** Posts what is missing to the minimum, after the tiers of its months; whether it changed. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean settle(Commitment commitment, Instant now) {
    BigInteger charged =
        charged(commitment)
            .add(
                adjustments.tiers(
                    commitment.tenantId, commitment.currency, commitment.from, commitment.until));
    BigInteger missing = commitment.minimum.subtract(charged).max(BigInteger.ZERO);
    var subject =
        new Subject(
            Kind.SHORTFALL,
            commitment.tenantId,
            commitment.currency,
            commitment.from,
            commitment.until,
            null);
    Map<String, String> basis =
        Map.of("minimum_pico", commitment.minimum.toString(), "charged_pico", charged.toString());
    return adjustments.set(subject, missing, basis, now);
  }

  /** What requests admitted in its months are charged now, re-rated ones included. */
  private BigInteger charged(Commitment commitment) {
    return jdbc.sql(
            """
            select coalesce(sum(h.amount), 0)
            from rated_hour h join rate_card_version v using (version_id)
              join rate_card c using (card_id)
            where h.tenant_id = :tenant and c.currency = :currency
              and h.hour >= lower(cast(:period as tstzrange))
              and h.hour < upper(cast(:period as tstzrange))
            """)
        .param("tenant", commitment.tenantId)
        .param("currency", commitment.currency)
        .param("period", Adjustments.period(commitment.from, commitment.until))
        .query(BigDecimal.class)
        .single()
        .toBigIntegerExact();
  }

  private void check(Terms terms) {
    YearMonth current = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
    if (terms.from.isBefore(current) || !terms.from.isBefore(terms.until)) {
      throw ServiceException.invalidRequest(
          "'from' is this month or a later one, 'until' the first month after the last.");
    }
    if (terms.until.isAfter(terms.from.plusMonths(36))) {
      throw ServiceException.invalidRequest("A commitment lasts at most 36 months.");
    }
    if (!terms.currency.equals("USD")) {
      throw ServiceException.invalidRequest("The currency is USD.");
    }
  }

  private long insert(UUID commandId, String actor, Terms terms) {
    try {
      return jdbc.sql(
              """
              insert into commitment (command_id, actor, tenant_id, currency, period, minimum,
                made_at)
              values (?, ?, ?, ?, cast(? as tstzrange), ?, ?) returning commitment_id
              """)
          .params(commandId, actor, terms.tenantId, terms.currency)
          .param(Adjustments.period(terms.from, terms.until))
          .param(new BigDecimal(terms.minimum))
          .param(clock.instant().atOffset(ZoneOffset.UTC))
          .query(Long.class)
          .single();
    } catch (DataIntegrityViolationException e) {
      if (String.valueOf(e.getMessage()).contains("commitment_tenant_id_period_excl")) {
        throw ServiceException.invalidRequest(
            "Another commitment of this organization holds in these months.");
      }
      throw e;
    }
  }

  private Commitment find(long id) {
    return jdbc.sql(ROW + " where commitment_id = ?")
        .param(id)
        .query((row, n) -> read(row))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("Commitment " + id));
  }

  private static Terms terms(Commitment c) {
    return new Terms(c.tenantId, c.currency, c.from, c.until, c.minimum);
  }

  private static Instant begin(YearMonth month) {
    return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  private static Commitment read(ResultSet row) throws SQLException {
    OffsetDateTime cancelled = row.getObject("cancelled_at", OffsetDateTime.class);
    return new Commitment(
        row.getLong("commitment_id"),
        row.getLong("tenant_id"),
        row.getString("currency"),
        month(row.getObject("from_at", OffsetDateTime.class)),
        month(row.getObject("until_at", OffsetDateTime.class)),
        row.getBigDecimal("minimum").toBigIntegerExact(),
        row.getString("actor"),
        row.getObject("made_at", OffsetDateTime.class).toInstant(),
        cancelled == null ? null : cancelled.toInstant());
  }

  private static YearMonth month(OffsetDateTime moment) {
    return YearMonth.from(moment.withOffsetSameInstant(ZoneOffset.UTC));
  }
}
