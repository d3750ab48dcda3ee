package io.r1platform.billing.adjustments;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.Journal;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.ledger.Transfer;
import io.r1platform.billing.observability.AfterCommit;
import io.r1platform.billing.observability.BillingMetric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps what each adjustment is: where it is another than before, a revision with a journal for the
 * step. In the caller's transaction, which has locked the organization.
 */
@Component
class Adjustments {
  /** What is adjusted. */
  enum Kind {
    /** The month's tokens of a SKU and window at their tiers, less what requests were charged. */
    TIER,
    /** What is missing to a commitment's minimum. */
    SHORTFALL
  }

  /** The price that has tiers. */
  record Priced(long cardId, int modelId, String sku, int window) {}

  /**
   * What an adjustment is of.
   *
   * @param from its first month
   * @param until the first month after it
   * @param priced of TIER only
   */
  record Subject(
      Kind kind,
      long tenantId,
      String currency,
      YearMonth from,
      YearMonth until,
      @Nullable Priced priced) {
    Subject {
      if ((kind == Kind.TIER) != (priced != null) || !from.isBefore(until)) {
        throw new IllegalArgumentException("no adjustment: " + kind + " " + priced);
      }
    }

    /** The day its journals take effect: its last, or today while it lasts. */
    LocalDate day(LocalDate today) {
      LocalDate last = until.atDay(1).minusDays(1);
      return today.isBefore(last) ? today : last;
    }
  }

  private record Last(int revision, BigInteger target) {}

  private final JdbcClient jdbc;
  private final Ledger ledger;
  private final JsonMapper json;
  private final MeterRegistry meters;

  Adjustments(JdbcClient jdbc, Ledger ledger, JsonMapper json, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.ledger = ledger;
    this.json = json;
    this.meters = meters;
  }

  /** Keeps other adjusters of this organization out until the transaction ends. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void lock(long tenantId) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('billing.adjustments', ?))")
        .param(tenantId)
        .query(row -> {});
  }

  /**
   * Makes an adjustment what it should be.
   *
   * @param target pico, from the organization's side: above 0 it pays more, below less
   * @param basis numbers it was computed from, for people
   * @return whether something was posted
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean set(Subject subject, BigInteger target, Map<String, String> basis, Instant now) {
    Last last = last(subject);
    BigInteger step = target.subtract(last.target);
    if (step.signum() == 0) {
      return false;
    }
    int revision = last.revision + 1;
    Journal journal = journal(subject, revision, step, now);
    ledger.post(journal);
    insert(subject, revision, target, step, basis, journal, now);
    var counter =
        meters.counter(BillingMetric.ADJUSTMENTS.meterName(), "kind", subject.kind.name());
    AfterCommit.say(counter::increment);
    return true;
  }

  /** What all tier adjustments of these months are, in pico. */
  @Transactional(propagation = Propagation.MANDATORY)
  public BigInteger tiers(long tenantId, String currency, YearMonth from, YearMonth until) {
    return jdbc.sql(
            """
            select coalesce(sum(step), 0) from adjustment
            where kind = 'TIER' and tenant_id = :tenant and currency = :currency
              and period <@ cast(:period as tstzrange)
            """)
        .param("tenant", tenantId)
        .param("currency", currency)
        .param("period", period(from, until))
        .query(BigDecimal.class)
        .single()
        .toBigIntegerExact();
  }

  /** A PostgreSQL range of whole UTC months. */
  static String period(YearMonth from, YearMonth until) {
    return "[%s 00:00+00,%s 00:00+00)".formatted(from.atDay(1), until.atDay(1));
  }

  private static Journal journal(Subject subject, int revision, BigInteger step, Instant now) {
    boolean more = step.signum() > 0;
    var transfer =
        new Transfer(
            subject.tenantId,
            subject.currency,
            subject.day(LocalDate.ofInstant(now, ZoneOffset.UTC)),
            more ? Account.ACCRUED : Account.REVENUE,
            more ? Account.REVENUE : Account.ACCRUED,
            step.abs());
    Priced priced = subject.priced;
    String of =
        priced == null
            ? ""
            : "card %d, model %d, %s, window %d"
                .formatted(priced.cardId, priced.modelId, priced.sku, priced.window);
    return new Journal(
        Journal.idOf(
            "adjustment|%s|%d|%s|%s|%s|%s|%d"
                .formatted(
                    subject.kind,
                    subject.tenantId,
                    subject.currency,
                    subject.from,
                    subject.until,
                    of,
                    revision)),
        Journal.Kind.ADJUST,
        Map.of(
            "what", subject.kind.name(),
            "from", subject.from.toString(),
            "until", subject.until.toString(),
            "of", of,
            "revision", Integer.toString(revision)),
        List.of(transfer));
  }

  private Last last(Subject subject) {
    Priced priced = subject.priced;
    return bind(
            jdbc.sql(
                """
                select revision, target from adjustment
                where tenant_id = :tenant and kind = :kind and currency = :currency
                  and period = cast(:period as tstzrange)
                  and card_id is not distinct from cast(:card as bigint)
                  and model_id is not distinct from cast(:model as int)
                  and sku is not distinct from cast(:sku as text)
                  and win is not distinct from cast(:win as int)
                order by revision desc limit 1
                """),
            subject,
            priced)
        .query(
            (row, n) ->
                new Last(row.getInt("revision"), row.getBigDecimal("target").toBigIntegerExact()))
        .optional()
        .orElse(new Last(0, BigInteger.ZERO));
  }

  private void insert(
      Subject subject,
      int revision,
      BigInteger target,
      BigInteger step,
      Map<String, String> basis,
      Journal journal,
      Instant now) {
    bind(
            jdbc.sql(
                """
                insert into adjustment (kind, tenant_id, currency, period, card_id, model_id, sku,
                  win, revision, target, step, basis, journal_id, posted_at)
                values (:kind, :tenant, :currency, cast(:period as tstzrange), :card, :model, :sku,
                  :win, :revision, :target, :step, cast(:basis as jsonb), :journal, :now)
                """),
            subject,
            subject.priced)
        .param("revision", revision)
        .param("target", new BigDecimal(target))
        .param("step", new BigDecimal(step))
        .param("basis", json.writeValueAsString(basis))
        .param("journal", journal.id())
        .param("now", now.atOffset(ZoneOffset.UTC))
        .update();
  }

  private static JdbcClient.StatementSpec bind(
      JdbcClient.StatementSpec statement, Subject subject, @Nullable Priced priced) {
    return statement
        .param("tenant", subject.tenantId)
        .param("kind", subject.kind.name())
        .param("currency", subject.currency)
        .param("period", period(subject.from, subject.until))
        .param("card", priced == null ? null : priced.cardId)
        .param("model", priced == null ? null : priced.modelId)
        .param("sku", priced == null ? null : priced.sku)
        .param("win", priced == null ? null : priced.window);
  }
}
