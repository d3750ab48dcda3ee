package io.r1platform.api.audit;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.observability.Metric;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Computes the trail's hashes again, each night and when asked: a row that was changed, removed or
 * put between others breaks its chain, and so does a row removed at the end, which the chain's head
 * remembers. One replica checks; every replica shows what was found.
 */
@Component
public class AuditCheck {
  private static final Logger log = LoggerFactory.getLogger(AuditCheck.class);
  private static final Duration EVERY = Duration.ofHours(24);

  /**
   * What a check found.
   *
   * @param events rows that were looked at
   * @param broken organizations whose chain is broken; 0 is the site's
   */
  public record Report(Instant at, long events, List<Long> broken) {
    /** Copies the list. */
    public Report {
      broken = List.copyOf(broken);
    }
  }

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final AtomicInteger broken = new AtomicInteger();

  AuditCheck(
      JdbcClient jdbc, TransactionOperations transactions, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
    meters.gauge(Metric.AUDIT_BROKEN.id(), broken);
  }

  @Scheduled(fixedDelayString = "1m", initialDelayString = "20s")
  void look() {
    try {
      transactions.executeWithoutResult(status -> checkIfDue());
      last().ifPresent(report -> broken.set(report.broken().size()));
    } catch (DataAccessException | TransactionException e) {
      log.warn("the audit trail was not checked, trying again", e);
    }
  }

  private void checkIfDue() {
    Instant due = clock.instant().minus(EVERY);
    if (last().filter(report -> report.at().isAfter(due)).isEmpty() && mayCheck()) {
      check();
    }
  }

  /** Whether no other replica checks at the moment; until the transaction ends none does. */
  private boolean mayCheck() {
    return jdbc.sql("select pg_try_advisory_xact_lock(hashtextextended('api.audit_check', 0))")
        .query(Boolean.class)
        .single();
  }

  /** What the last check found, on whichever replica. */
  public Optional<Report> last() {
    return jdbc.sql("select at, events, broken from audit_check order by id desc limit 1")
        .query((row, number) -> report(row))
        .optional();
  }

  /** Checks now. */
  public Report check() {
    long events = jdbc.sql("select count(*) from audit_event").query(Long.class).single();
    List<Long> found = brokenChains();
    var report = new Report(clock.instant(), events, found);
    jdbc.sql("insert into audit_check (at, events, broken) values (:at, :events, :broken)")
        .param("at", Timestamp.from(report.at()))
        .param("events", events)
        .param("broken", found.toArray(new Long[0]))
        .update();
    broken.set(found.size());
    if (found.isEmpty()) {
      log.info("the audit trail is whole: {} rows", events);
    } else {
      log.error("the audit trail is broken: chains {} (0: the site's) do not add up", found);
    }
    return report;
  }

  private List<Long> brokenChains() {
    return jdbc.sql(
            """
            with linked as (
              select coalesce(organization_id, 0) as chain, sequence, hash, e as event,
                lag(hash, 1, sha256('')) over following as previous,
                row_number() over following as position
              from audit_event e
              window following as (
                partition by coalesce(organization_id, 0) order by sequence))
            select chain from linked
            where sequence <> position or hash <> audit_hash(previous, event)
            union
            select coalesce(head.chain, last.chain)
            from audit_chain head full join (
              select distinct on (chain) chain, sequence, hash from linked
              order by chain, sequence desc) last on last.chain = head.chain
            where (head.sequence, head.hash) is distinct from (last.sequence, last.hash)
            order by 1""")
        .query(Long.class)
        .list();
  }

  private static Report report(ResultSet row) throws SQLException {
    Array broken = row.getArray("broken");
    return new Report(
        row.getTimestamp("at").toInstant(),
        row.getLong("events"),
        List.of((Long[]) broken.getArray()));
  }
}
