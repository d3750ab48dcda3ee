package io.r1platform.api.metering;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.observability.Metric;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares what the FINALs of each day charge with what billing has of them, without being asked: a
 * billing that was restored from an old backup is found here. A day of the journal is dropped only
 * after it agreed, so every day that it still has is compared, however old.
 */
@Component
class JournalWatch {
  private static final Logger log = LoggerFactory.getLogger(JournalWatch.class);
  private static final int DAYS_BACK = 36;

  /** A day may have many millions of requests, and either side reads them all. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /**
   * Longer than any request (r1.api.relay.deadline is 75 min at most): whatever began on a day has
   * ended and is shipped by then.
   */
  private static final Duration SETTLING = Duration.ofMinutes(80);

  private static final Duration BETWEEN_LOOKS = Duration.ofHours(6);

  /** How long a day that agreed is taken to do so: both sides could lose of it unsaid. */
  private static final Duration BELIEVED = Duration.ofDays(7);

  private final JournalReports journal;
  private final BillingClient billing;
  private final JsonMapper json;
  private final JdbcClient database;
  private final Clock clock;
  private final AtomicLong differences = new AtomicLong();
  private Instant nextLook = Instant.MIN;

  /** Requests, tokens and pico-dollars of a day. */
  private record Sums(BigInteger requests, BigInteger input, BigInteger output, BigInteger pico) {
    static Sums of(JsonNode node) {
      return new Sums(
          new BigInteger(node.path("requests").asString()),
          new BigInteger(node.path("input").asString()),
          new BigInteger(node.path("output").asString()),
          new BigInteger(node.path("pico").asString()));
    }

    static Sums of(ResultSet row) throws SQLException {
      return new Sums(
          row.getBigDecimal("usage_requests").toBigIntegerExact(),
          row.getBigDecimal("usage_input").toBigIntegerExact(),
          row.getBigDecimal("usage_output").toBigIntegerExact(),
          row.getBigDecimal("usage_pico").toBigIntegerExact());
    }

    Sums plus(Sums other) {
      return new Sums(
          requests.add(other.requests),
          input.add(other.input),
          output.add(other.output),
          pico.add(other.pico));
    }

    /** How many requests they are apart; 1 if only their content differs. */
    long apart(Sums other) {
      long apart = requests.subtract(other.requests).abs().longValueExact();
      return apart == 0 && !equals(other) ? 1 : apart;
    }
  }

  JournalWatch(
      JournalReports journal,
      BillingClient billing,
      JsonMapper json,
      JdbcClient database,
      MeterRegistry meters,
      Clock clock) {
    this.journal = journal;
    this.billing = billing;
    this.json = json;
    this.database = database;
    this.clock = clock;
    meters.gauge(Metric.JOURNAL_DIFFERENCES.id(), differences);
  }

  /** What was found before this process began is not forgotten. */
  @EventListener
  void on(ApplicationStartedEvent event) {
    try {
      differences.set(keptDifferences(days(today())));
    } catch (DataAccessException e) {
      log.warn("what was found before the start is known again after the first look", e);
    }
  }

  /**
   * Every few hours and not at one time of the day, for machines that are off then; at first before
   * the journal's old days are dropped, and soon again where billing did not answer.
   */
  @Scheduled(fixedDelayString = "10m", initialDelayString = "8m")
  void lookWhenDue() {
    Instant now = clock.instant();
    if (!now.isBefore(nextLook) && lookAtDays()) {
      nextLook = now.plus(BETWEEN_LOOKS);
    }
  }

  /** A day that cannot be compared counts as a difference. False if none could be. */
  boolean lookAtDays() {
    try {
      int failed = 0;
      List<LocalDate> days = days(today());
      Set<LocalDate> unchanged = unchanged(days.getFirst());
      for (LocalDate day : days) {
        failed += unchanged.contains(day) || isCompared(day) ? 0 : 1;
      }
      differences.set(keptDifferences(days) + failed);
      return true;
    } catch (IOException | JacksonException | ArithmeticException | NumberFormatException e) {
      log.error("the journal could not be compared with billing: {}", e.toString());
      differences.compareAndSet(0, 1);
    } catch (DataAccessException e) {
      log.error("the journal's days could not be compared", e);
      differences.compareAndSet(0, 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /** The last days, and all before them that the journal still has. */
  private List<LocalDate> days(LocalDate today) {
    return database
        .sql(
            """
            select cast(d as date) from generate_series(
                least(:first, (select min(bucket) from usage_journal))::timestamp,
                :today::timestamp - interval '1 day', interval '1 day') d
            where cast(d as date) not in (select day from journal_dropped)
            order by 1
            """)
        .param("first", today.minusDays(DAYS_BACK))
        .param("today", today)
        .query(LocalDate.class)
        .list();
  }

  /** The first day that is not over, or that may still have requests. */
  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant().minus(SETTLING), ZoneOffset.UTC);
  }

  private long keptDifferences(List<LocalDate> days) {
    return database
        .sql("select coalesce(sum(differences), 0) from journal_checked where day in (:days)")
        .param("days", days)
        .query(Long.class)
        .single();
  }

  private boolean isCompared(LocalDate day) throws InterruptedException {
    try {
      check(day);
      return true;
    } catch (IOException | JacksonException | ArithmeticException | NumberFormatException e) {
      log.error("{} of the journal could not be compared with billing: {}", day, e.toString());
    } catch (DataAccessException | TransactionException e) {
      log.error("{} of the journal could not be compared", day, e);
    }
    return false;
  }

  /**
   * Days that agreed within the week, are older than anything that still runs, and of which billing
   * says the same, of tokens too: a free request costs nothing.
   */
  private Set<LocalDate> unchanged(LocalDate first) throws IOException, InterruptedException {
    Map<LocalDate, Sums> agreed = agreed(first);
    var unchanged = new HashSet<LocalDate>();
    for (JsonNode said : read("/internal/v1/reconciliation/days").path("days")) {
      LocalDate day = LocalDate.parse(said.path("day").asString());
      boolean known = said.path("input").isString(); // an older billing kept no tokens
      if (known && Sums.of(said).equals(agreed.get(day))) {
        unchanged.add(day);
      }
    }
    return unchanged;
  }

  private Map<LocalDate, Sums> agreed(LocalDate first) {
    var agreed = new HashMap<LocalDate, Sums>();
    database
        .sql(
            """
            select day, usage_requests, usage_input, usage_output, usage_pico from journal_checked
            where day >= ? and differences = 0 and checked_at > ? and usage_requests is not null
              and checked_at > (day + 2)::timestamp at time zone 'UTC'
            """)
        .param(first)
        .param(OffsetDateTime.ofInstant(clock.instant().minus(BELIEVED), ZoneOffset.UTC))
        .query(
            row -> {
              agreed.put(row.getObject("day", LocalDate.class), Sums.of(row));
            });
    return agreed;
  }

  private void check(LocalDate day) throws IOException, InterruptedException {
    JsonNode report = read("/internal/v1/reconciliation/usage?day=" + day);
    JournalReports.Summary summary = journal.summary(day, day.plusDays(1), PATIENCE);
    var finals =
        new Sums(
            BigInteger.valueOf(summary.finals()),
            summary.input(),
            summary.output(),
            summary.costPico());
    Sums usage = Sums.of(report.path("usage"));
    long onTheWay = summary.open() + summary.unshipped();
    Sums held = Sums.of(report.path("rejected")).plus(Sums.of(report.path("undecided")));
    long apart = Math.max(finals.apart(usage.plus(held)), onTheWay);
    if (apart > 0) {
      log.error(
          "the journal and billing are {} requests apart on {}, {} of them on their way;"
              + " ./r1 reconcile --day {} names them",
          apart,
          day,
          onTheWay,
          day);
    }
    keep(day, finals, usage, apart);
  }

  /** Of a day that was dropped meanwhile, what was kept before stays: nothing else knows it. */
  private void keep(LocalDate day, Sums finals, Sums usage, long apart) {
    database
        .sql(
            """
            insert into journal_checked (day, checked_at, finals, input, output, cost_pico,
              usage_requests, usage_input, usage_output, usage_pico, differences)
            select :day, :now, :finals, :input, :output, :cost,
              :usage_requests, :usage_input, :usage_output, :usage, :apart
            where not exists (select from journal_dropped where day = :day)
            on conflict (day) do update set checked_at = excluded.checked_at,
              finals = excluded.finals, input = excluded.input, output = excluded.output,
              cost_pico = excluded.cost_pico, usage_requests = excluded.usage_requests,
              usage_input = excluded.usage_input, usage_output = excluded.usage_output,
              usage_pico = excluded.usage_pico, differences = excluded.differences
            """)
        .param("day", day)
        .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
        .param("finals", finals.requests())
        .param("input", finals.input())
        .param("output", finals.output())
        .param("cost", finals.pico())
        .param("usage_requests", usage.requests())
        .param("usage_input", usage.input())
        .param("usage_output", usage.output())
        .param("usage", usage.pico())
        .param("apart", apart)
        .update();
  }

  private JsonNode read(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = billing.get(path, PATIENCE);
    if (answer.statusCode() != 200) {
      throw new IOException("billing answered %d to %s".formatted(answer.statusCode(), path));
    }
    return json.readTree(answer.body());
  }
}
