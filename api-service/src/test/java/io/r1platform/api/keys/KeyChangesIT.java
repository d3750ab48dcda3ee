package io.r1platform.api.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Revocations that a replica could not hear of when they happened. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyChangesIT {
  private static final String BACKENDS =
      "from pg_stat_activity where application_name = 'api-service key changes'";

  private final TestDatabase database = TestDatabase.create();
  private RunningApi api;
  private long projectId;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of(), Listener.class);
    Tenants tenants = api.bean(Tenants.class);
    projectId = tenants.createProject(tenants.createOrganization("Acme").id(), "Chat").id();
    Await.until("changes are read", api.bean(KeyChanges.class)::isConfirmed);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void announcesWhatWasRevokedWhileItsConnectionWasLost() throws SQLException {
    long key = issue("lost");
    try (Connection connection = database.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set local search_path to api");
      statement.execute("lock table api.api_key_change in access exclusive mode");
      statement.execute("update api.api_key set revoked_at = now() where id = " + key);
      long before = backend();
      database.execute("select pg_terminate_backend(pid) " + BACKENDS);
      Await.until("another connection", () -> backend() > 0 && backend() != before);
      connection.commit();
    }
    Await.until("the revocation", () -> revoked().contains(key));
  }

  @Test
  void oldChangesAreRemovedButForTheNewest() {
    issue("old");
    issue("newest");
    var superuser = JdbcClient.create(database.superuser());
    superuser.sql("update api.api_key_change set changed_at = '2020-01-01Z'").update();
    api.bean(KeyChangeSweep.class).sweep();
    assertThat(superuser.sql("select count(*) from api.api_key_change").query(Long.class).single())
        .isEqualTo(1);
    KeyView later = issueView("later");
    api.bean(Keys.class).revoke(later.id(), later.version());
    Await.until("the revocation", () -> revoked().contains(later.id()));
  }

  @Test
  void announcesAgainWhatAListenerCouldNotTake() {
    KeyView first = issueView("first");
    KeyView second = issueView("second");
    api.bean(Listener.class).fails.set(1);
    api.bean(Keys.class).revoke(first.id(), first.version());
    api.bean(Keys.class).revoke(second.id(), second.version());
    Await.until("both", () -> revoked().containsAll(List.of(first.id(), second.id())));
    Await.until("keys are good again", api.bean(KeyChanges.class)::isConfirmed);
  }

  /** A database that was set back has fewer changes than were read: each may be another one. */
  @Test
  void announcesEveryRevocationOfADatabaseThatWasSetBack() {
    KeyView kept = issueView("kept");
    api.bean(Keys.class).revoke(kept.id(), kept.version());
    KeyView last = issueView("last");
    api.bean(Keys.class).revoke(last.id(), last.version());
    Await.until("both", () -> revoked().containsAll(List.of(kept.id(), last.id())));
    revoked().clear();
    database.execute("delete from api.api_key_change where api_key_id = " + last.id());
    database.execute("select pg_terminate_backend(pid) " + BACKENDS);
    Await.until("the revocation, again", () -> revoked().contains(kept.id()));
  }

  /** Whoever keeps every connection busy, a change of limits gets no key refused. */
  @Test
  void waitsForNoConnectionOfThePool() throws Exception {
    KeyView key = issueView("pool");
    var pool = api.bean(HikariDataSource.class);
    List<Connection> taken = new ArrayList<>();
    try {
      for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
        taken.add(pool.getConnection());
      }
      try (Connection connection = database.superuser().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("set search_path to api");
        statement.execute(
            "insert into limit_set (scope, scope_id, version) values ('project', %d, 1)"
                .formatted(projectId));
        statement.execute("update api_key set revoked_at = now() where id = " + key.id());
      }
      var refused = new AtomicBoolean();
      Await.until(
          "the revocation behind it",
          () -> {
            refused.compareAndSet(false, !api.bean(KeyChanges.class).isConfirmed());
            return revoked().contains(key.id());
          });
      assertThat(refused).as("keys were refused").isFalse();
    } finally {
      for (Connection each : taken) {
        each.close();
      }
    }
  }

  /** As after days without a look: what it would have read next was swept meanwhile. */
  @Test
  void forgetsEverythingWhenItHasMissedChanges() throws SQLException {
    KeyView known = issueView("known");
    KeyView read = issueView("the last that it reads");
    KeyView later = issueView("later");
    api.bean(Keys.class).revoke(read.id(), read.version());
    Await.until("it has read that", () -> revoked().contains(read.id()));
    int weight = lookUp(known).weight();
    limits().clear();
    try (Connection connection = database.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set local search_path to api");
      statement.execute("set local session_replication_role = replica"); // nobody is told
      statement.execute("update api.organization set weight = weight + 6");
      statement.execute("delete from api.api_key_change");
      statement.execute("set local session_replication_role = origin");
      statement.execute("update api.api_key set revoked_at = now() where id = " + later.id());
      connection.commit();
    }
    Await.until("the revocation", () -> revoked().contains(later.id()));
    assertThat(lookUp(known).weight()).as("read anew").isEqualTo(weight + 6);
    assertThat(limits()).as("of any scope").containsNull();
  }

  private List<@Nullable String> limits() {
    return api.bean(Listener.class).limits;
  }

  private Caller lookUp(KeyView key) {
    KnownKey found = api.bean(KeyCache.class).find(key.publicId()).join();
    return ((KnownKey.Present) found).caller();
  }

  private List<Long> revoked() {
    return api.bean(Listener.class).revoked;
  }

  private long issue(String name) {
    return issueView(name).id();
  }

  private KeyView issueView(String name) {
    return api.bean(Keys.class).issue(projectId, name, null).key();
  }

  /** Asked on a connection of its own: a transaction sees the backends of its first look. */
  private long backend() {
    return JdbcClient.create(database.superuser())
        .sql("select coalesce(max(pid), 0) " + BACKENDS)
        .query(Long.class)
        .single();
  }

  /** Takes note of revocations; the next ones may fail. */
  @Configuration(proxyBeanMethods = false)
  static class Listener {
    final List<Long> revoked = new CopyOnWriteArrayList<>();
    final List<@Nullable String> limits = new CopyOnWriteArrayList<>();
    final AtomicInteger fails = new AtomicInteger();

    @EventListener
    void on(LimitsChanged event) {
      limits.add(event.scope());
    }

    @EventListener
    void on(KeyRevoked event) {
      if (fails.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new IllegalStateException("not now");
      }
      revoked.add(event.keyId());
    }
  }
}
