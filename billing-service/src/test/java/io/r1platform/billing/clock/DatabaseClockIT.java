package io.r1platform.billing.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.SettableClock;
import io.r1platform.testing.TestDatabase;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class DatabaseClockIT {
  private static final Duration AHEAD = Duration.ofHours(7);
  private static final Duration SLEPT = Duration.ofHours(8);
  private static final long LIMIT = Duration.ofSeconds(5).toNanos();

  private final TestDatabase fresh = TestDatabase.create();
  private final AtomicLong nanos = new AtomicLong();
  private final SettableClock machine = new SettableClock(Instant.EPOCH);

  @Test
  void itIsTheDatabasesTimeNotThisMachines() {
    ClockAhead.install(fresh, AHEAD);
    var source = new DriverManagerDataSource(ClockAhead.url(fresh), "r1_billing", fresh.password());
    var clock = new DatabaseClock(JdbcClient.create(source), machine, nanos::get);
    Instant before = Instant.now();
    Instant read = clock.start().instant();
    assertThat(read).isBetween(before.plus(AHEAD), Instant.now().plus(AHEAD));

    nanos.addAndGet(Duration.ofMillis(1_234).toNanos());
    assertThat(clock.instant()).isEqualTo(read.plusMillis(1_234));
    Clock seoul = clock.withZone(ZoneId.of("Asia/Seoul"));
    assertThat(seoul.instant()).isEqualTo(clock.instant());
    assertThat(seoul.getZone()).isEqualTo(ZoneId.of("Asia/Seoul"));
  }

  @Test
  void itIsReadAnewWhenTheMachineSlept() {
    var clock = new DatabaseClock(client(), machine, nanos::get).start();
    Instant slept = clock.instant();
    nanos.addAndGet(Duration.ofDays(1).toNanos());
    machine.advance(Duration.ofDays(1).plusSeconds(15));
    assertThat(clock.instant()).as("both went on").isEqualTo(slept.plus(Duration.ofDays(1)));
    machine.advance(SLEPT);
    assertThat(clock.instant()).isBetween(slept, Instant.now());
  }

  @Test
  void itLeavesOutAReadingThatTookLong() {
    var looks = new ArrayDeque<>(List.of(0L, LIMIT + 1, 0L, LIMIT + 1, 0L, LIMIT));
    new DatabaseClock(client(), machine, looks::remove).start();
    assertThat(looks).as("two were left out, the third counts").isEmpty();
  }

  @Test
  void itDoesNotStartOnReadingsThatTookLong() {
    var looks = new ArrayDeque<>(List.of(0L, LIMIT + 1, 0L, LIMIT + 1, 0L, LIMIT + 1));
    var clock = new DatabaseClock(client(), machine, looks::remove);
    assertThatThrownBy(clock::start)
        .isInstanceOf(IllegalStateException.class)
        .rootCause()
        .hasMessageContaining("took more than PT5S");
  }

  @Test
  void itDoesNotStartWithoutTheDatabaseAndGuessesNoTime() {
    var away = new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/r1", "r1_billing", "x");
    var clock = new DatabaseClock(JdbcClient.create(away), machine, nanos::get);
    assertThatThrownBy(clock::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The database's time could not be read");
    clock.readAgain();
    assertThatThrownBy(clock::instant).isInstanceOf(DataAccessException.class);
  }

  /** Everything waits for a reading then; the other connections have ten minutes. */
  @Test
  void itGivesUpADatabaseThatDoesNotAnswer() {
    ClockAhead.install(fresh, AHEAD);
    try (var source = ClockDatabase.open(ClockAhead.url(fresh), "r1_billing", fresh.password())) {
      var clock = new DatabaseClock(JdbcClient.create(source), machine, nanos::get).start();
      fresh.execute(
          """
          create or replace function ahead.clock_timestamp() returns timestamptz language sql
          as 'select pg_catalog.clock_timestamp() from pg_sleep(30)'
          """);
      assertThatThrownBy(clock::read).hasRootCauseInstanceOf(SocketTimeoutException.class);
    }
  }

  private JdbcClient client() {
    return JdbcClient.create(fresh.dataSource("r1_billing"));
  }
}
