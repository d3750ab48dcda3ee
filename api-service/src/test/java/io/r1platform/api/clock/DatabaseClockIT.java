package io.r1platform.api.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class DatabaseClockIT {
  private static final Duration AHEAD = Duration.ofHours(7);
  private final TestDatabase fresh = TestDatabase.create();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong ownMillis = new AtomicLong();

  /** A database whose clock is hours ahead of this machine's. */
  private DataSource ahead() {
    JdbcClient superuser = JdbcClient.create(fresh.superuser());
    superuser.sql("create schema ahead").update();
    superuser.sql("grant usage on schema ahead to r1_api").update();
    superuser
        .sql(
            """
            create function ahead.clock_timestamp() returns timestamptz language sql
            as 'select pg_catalog.clock_timestamp() + interval ''7 hours'''
            """)
        .update();
    return new DriverManagerDataSource(
        fresh.url() + "?options=-c%20search_path=ahead,pg_catalog", "r1_api", fresh.password());
  }

  @Test
  void itIsTheDatabasesTimeNotThisMachines() {
    var clock = new DatabaseClock(JdbcClient.create(ahead()), nanos::get, ownMillis::get);
    Instant before = Instant.now();
    clock.read();
    Instant read = clock.instant();
    assertThat(read).isBetween(before.plus(AHEAD), Instant.now().plus(AHEAD));

    nanos.addAndGet(Duration.ofMillis(1_234).toNanos());
    assertThat(clock.instant()).isEqualTo(read.plusMillis(1_234));
    Clock seoul = clock.withZone(ZoneId.of("Asia/Seoul"));
    assertThat(seoul.instant()).isEqualTo(clock.instant());
    assertThat(seoul.getZone()).isEqualTo(ZoneId.of("Asia/Seoul"));
  }

  @Test
  void itIsStaleFifteenSecondsAfterItsLastReading() {
    var clock =
        new DatabaseClock(
            JdbcClient.create(fresh.dataSource("r1_api")), nanos::get, ownMillis::get);
    assertThat(clock.isFresh()).isFalse();
    clock.read();
    nanos.addAndGet(Duration.ofSeconds(15).toNanos());
    assertThat(clock.isFresh()).isTrue();
    nanos.addAndGet(1);
    assertThat(clock.isFresh()).isFalse();
    clock.readAgain();
    assertThat(clock.isFresh()).isTrue();
  }

  @Test
  void itIsStaleAfterTheMachineHasSlept() {
    var clock =
        new DatabaseClock(
            JdbcClient.create(fresh.dataSource("r1_api")), nanos::get, ownMillis::get);
    clock.read();
    ownMillis.addAndGet(Duration.ofHours(8).toMillis()); // the monotonic clock stood still
    assertThat(clock.isFresh()).isFalse();
    clock.readAgain();
    assertThat(clock.isFresh()).isTrue();
  }

  @Test
  void itLeavesOutAReadingThatTookLong() {
    long limit = Duration.ofSeconds(5).toNanos();
    var looks = new ArrayDeque<>(List.of(0L, limit + 1, 0L, limit + 1, 0L, limit, limit));
    var clock =
        new DatabaseClock(
            JdbcClient.create(fresh.dataSource("r1_api")), looks::remove, ownMillis::get);
    clock.read();
    assertThat(looks).as("two were left out, the third counts").hasSize(1);
    assertThat(clock.isFresh()).isTrue();
  }

  @Test
  void itDoesNotStartWithoutTheDatabaseAndLivesOnWithoutIt() {
    var away = new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/r1", "r1_api", "x");
    var clock = new DatabaseClock(JdbcClient.create(away), nanos::get, ownMillis::get);
    assertThatThrownBy(clock::read).isInstanceOf(DataAccessException.class);
    clock.readAgain();
    assertThat(clock.isFresh()).isFalse();
  }
}
