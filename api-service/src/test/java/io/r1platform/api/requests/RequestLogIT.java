package io.r1platform.api.requests;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r1platform.api.observability.Metric;
import io.r1platform.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows wait out one failure of the database, and never grow beyond their limit. */
class RequestLogIT {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TestDatabase fresh;
  private RequestLog requests;

  @BeforeEach
  void begin() {
    fresh = TestDatabase.create();
    Flyway.configure()
        .dataSource(fresh.url(), "r1_api_owner", fresh.password())
        .schemas("api")
        .defaultSchema("api")
        .locations("classpath:db/api")
        .load()
        .migrate();
    var jdbc = new JdbcTemplate(fresh.dataSource("r1_api"));
    requests =
        new RequestLog(
            new RequestLogSettings(30, 2, Duration.ofMillis(500)),
            new RequestLogTable(jdbc, JdbcClient.create(jdbc)),
            meters,
            Clock.systemUTC());
    requests.turn();
  }

  @Test
  void aBatchThatFailsOnceIsWrittenTheNextTime() {
    LoggedRequest row = row();
    requests.add(row);
    fresh.execute("revoke insert on api.request_log from r1_api");
    requests.write();
    assertThat(dropped()).isZero();
    fresh.execute("grant insert on api.request_log to r1_api");
    requests.write();
    assertThat(requests.find(Set.of(row.eventId()))).containsKey(row.eventId());
  }

  @Test
  void aBatchThatFailsTwiceIsDroppedAndTheNextIsTried() {
    LoggedRequest lost = row();
    requests.add(lost);
    fresh.execute("revoke insert on api.request_log from r1_api");
    requests.write();
    requests.write();
    assertThat(dropped()).isEqualTo(1);
    fresh.execute("grant insert on api.request_log to r1_api");
    LoggedRequest next = row();
    requests.add(next);
    requests.write();
    assertThat(requests.find(Set.of(lost.eventId(), next.eventId())))
        .containsOnlyKeys(next.eventId());
  }

  @Test
  void whatDoesNotFitInTheQueueIsCounted() {
    for (int i = 0; i < 5; i++) {
      requests.add(row());
    }
    assertThat(dropped()).isEqualTo(3);
  }

  private double dropped() {
    return meters.counter(Metric.REQUEST_LOG_DROPPED.id()).count();
  }

  private static LoggedRequest row() {
    Instant now = Instant.now();
    UUID random = UUID.randomUUID();
    var id =
        new UUID(
            now.toEpochMilli() << 16 | 0x7000 | (random.getMostSignificantBits() & 0xfff),
            random.getLeastSignificantBits());
    return new LoggedRequest(
        id, 1, 1, 1, 1, "m", "engine", "1:1", true, 1, 2, 3, 4, 0, 0, 5, null, null, "stop", 6,
        "ab", "pv_1", 0, now, now);
  }
}
