package io.r1platform.api.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import io.r1platform.api.RunningApi;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiKeysIT {
  private static final String PATH = "/v1/models/test-caller";

  private final TestDatabase database = TestDatabase.create();
  private RunningApi first;
  private RunningApi second;
  private long organizationId;
  private long projectId;

  @BeforeAll
  void startTwoReplicas() {
    first = RunningApi.start(database, Map.of("r1.api.metering.replica-id", "1"), Probes.class);
    second = RunningApi.start(database, Map.of("r1.api.metering.replica-id", "2"), Probes.class);
    Tenants tenants = first.bean(Tenants.class);
    organizationId = tenants.createOrganization("Acme").id();
    projectId = tenants.createProject(organizationId, "Chat").id();
    await(
        () -> first.bean(KeyChanges.class).isConfirmed() && confirmed(second),
        Duration.ofSeconds(10));
  }

  @AfterAll
  void stop() {
    first.close();
    second.close();
  }

  @Test
  void tellsTheRelayWhoCalls() {
    IssuedKey issued = issue("ok", null);
    var answer = first.get(PATH, issued.secret());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo("%d %d %d".formatted(issued.key().id(), projectId, organizationId));
    assertThat(second.get(PATH, issued.secret()).body()).isEqualTo(answer.body());
  }

  @Test
  void refusesARequestWithoutAKey() {
    for (String path : new String[] {PATH, "/v1/chat/completions", "/models", "/v1/nowhere"}) {
      var answer = first.send(HttpRequest.newBuilder(first.uri(path)));
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).contains("\"code\":\"invalid_api_key\"", "authentication_error");
      assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
      assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
      assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    }
    var basic =
        first.send(HttpRequest.newBuilder(first.uri(PATH)).header("Authorization", "Basic YTpi"));
    assertThat(basic.statusCode()).isEqualTo(401);
  }

  @Test
  void refusesATypoWithoutALookUp() {
    String secret = issue("typo", null).secret();
    char last = secret.charAt(secret.length() - 1);
    String typo = secret.substring(0, secret.length() - 1) + (last == 'x' ? 'y' : 'x');
    withLockedTable(
        "api_key",
        () -> {
          var answer = first.get(PATH, typo);
          assertThat(answer.statusCode()).isEqualTo(401);
          assertThat(answer.body()).contains("invalid_api_key");
        });
  }

  @Test
  void refusesAForgedSecretUnderARealPublicId() {
    Secret real = Objects.requireNonNull(Secret.parse(issue("forged", null).secret()));
    assertThat(first.get(PATH, real.text()).statusCode()).isEqualTo(200);
    var digits = new java.util.ArrayDeque<Integer>();
    String alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    real.publicId().chars().forEach(c -> digits.add(alphabet.indexOf(c)));
    Secret forged = Secret.random(new Prefixed(digits));
    assertThat(forged.publicId()).isEqualTo(real.publicId());
    assertThat(first.get(PATH, forged.text()).body()).contains("\"code\":\"invalid_api_key\"");
    assertThat(second.get(PATH, forged.text()).statusCode()).isEqualTo(401);
  }

  @Test
  void refusesAWellFormedKeyThatWasNeverIssued() {
    var answer = first.get(PATH, Secret.random(new Random()).text());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("invalid_api_key");
  }

  @Test
  void refusesAKeyFromTheMomentItExpires() {
    IssuedKey issued = issue("short", Duration.ofSeconds(60));
    first.clock().set(RunningApi.START.plusSeconds(59));
    assertThat(first.get(PATH, issued.secret()).statusCode()).isEqualTo(200);
    first.clock().set(RunningApi.START.plusSeconds(60));
    var answer = first.get(PATH, issued.secret());
    first.clock().set(RunningApi.START);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("\"code\":\"key_expired\"");
  }

  @Test
  void revocationHoldsOnEveryReplicaWithinASecond() {
    for (int round = 0; round < 5; round++) {
      IssuedKey issued = issue("revoked " + round, null);
      assertThat(first.get(PATH, issued.secret()).statusCode()).isEqualTo(200);
      assertThat(second.get(PATH, issued.secret()).statusCode()).isEqualTo(200);
      first.bean(Keys.class).revoke(issued.key().id(), issued.key().version());
      Duration within = Duration.ofSeconds(1);
      await(() -> second.get(PATH, issued.secret()).statusCode() != 200, within);
      await(() -> first.get(PATH, issued.secret()).statusCode() != 200, within);
      assertThat(second.get(PATH, issued.secret()).body()).contains("\"code\":\"key_revoked\"");
      await(
          () -> second.bean(Probes.class).revoked.contains(issued.key().id()),
          Duration.ofSeconds(1));
    }
  }

  @Test
  void refusesEveryKeyWhileRevocationsCannotBeRead() {
    String secret = issue("blind", null).secret();
    assertThat(second.get(PATH, secret).statusCode()).isEqualTo(200);
    withLockedTable(
        "api_key_change",
        () -> {
          second.bean(Probes.class).ticker.addAndGet(Duration.ofMillis(1_001).toNanos());
          var answer = second.get(PATH, secret);
          assertThat(answer.statusCode()).isEqualTo(503);
          assertThat(answer.body()).contains("\"code\":\"auth_unavailable\"");
          assertThat(answer.headers().firstValue("x-should-retry")).contains("true");
          assertThat(answer.headers().firstValue("retry-after")).contains("1");
        });
    await(() -> second.get(PATH, secret).statusCode() == 200, Duration.ofSeconds(10));
  }

  @Test
  void refusesAnUnknownKeyWhileTheDatabaseDoesNotAnswer() {
    String secret = issue("unread", null).secret();
    withLockedTable(
        "api_key",
        () -> {
          var answer = second.get(PATH, secret);
          assertThat(answer.statusCode()).isEqualTo(503);
          assertThat(answer.body()).contains("auth_unavailable");
        });
    await(() -> second.get(PATH, secret).statusCode() == 200, Duration.ofSeconds(10));
  }

  @Test
  void aHangingLookUpDelaysNobodyElse() {
    String known = issue("known", null).secret();
    awaitChangesUntilNow(second);
    assertThat(second.get(PATH, known).statusCode()).isEqualTo(200);
    List<String> strangers =
        IntStream.range(0, 20).mapToObj(i -> Secret.random(new Random()).text()).toList();
    withLockedTable(
        "api_key",
        () -> {
          try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var hanging =
                strangers.stream()
                    .map(key -> threads.submit(() -> second.get(PATH, key).statusCode()))
                    .toList();
            assertThat(second.get(PATH, known).statusCode()).isEqualTo(200);
            assertThat(hanging).as("still hanging").anyMatch(answer -> !answer.isDone());
          }
        });
  }

  @Test
  void keepsOnlyTheHash() throws SQLException {
    IssuedKey issued = issue("stored", null);
    first.get(PATH, issued.secret());
    try (Connection connection = database.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      String random = issued.secret().substring(14, 46);
      for (String table : new String[] {"api_key", "api_key_change", "api_key_use"}) {
        try (var row =
            statement.executeQuery(
                "select count(*) from api.%s t where t::text like '%%%s%%'"
                    .formatted(table, random))) {
          row.next();
          assertThat(row.getInt(1)).as(table).isZero();
        }
      }
    }
    assertThat(issued.key().publicId()).isEqualTo(issued.secret().substring(6, 14));
    assertThat(issued.key().lastFour()).isEqualTo(issued.secret().substring(48));
  }

  @Test
  void notesTheLastUseWithoutAgeingTheKey() {
    IssuedKey issued = issue("used", null);
    assertThat(first.bean(Keys.class).key(issued.key().id()).lastUsedAt()).isNull();
    first.get(PATH, issued.secret());
    first.bean(KeyUses.class).flush();
    KeyView used = first.bean(Keys.class).key(issued.key().id());
    assertThat(used.lastUsedAt()).isEqualTo(RunningApi.START);
    assertThat(used.version()).isEqualTo(issued.key().version());
  }

  @Test
  void revokesOnlyTheVersionThatTheCallerSaw() {
    IssuedKey issued = issue("versioned", null);
    Keys keys = first.bean(Keys.class);
    long id = issued.key().id();
    long version = issued.key().version();
    assertThatThrownBy(() -> keys.revoke(id, version + 1))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code().wire()).isEqualTo("stale_version"));
    KeyView revoked = keys.revoke(id, version);
    assertThat(revoked.revokedAt()).isEqualTo(RunningApi.START);
    assertThat(revoked.version()).isGreaterThan(version);
  }

  @Test
  void theServiceCanNeitherUnhideNorRemoveKeys() {
    JdbcClient jdbc = first.bean(JdbcClient.class);
    for (String sql :
        List.of(
            "delete from api_key",
            "update api_key set public_id = public_id",
            "update api_key set project_id = project_id",
            "delete from api_key_change",
            "update api_key_change set revoked = false")) {
      assertThatThrownBy(() -> jdbc.sql(sql).update())
          .as(sql)
          .rootCause()
          .hasMessageContaining("permission denied");
    }
  }

  private IssuedKey issue(String name, @Nullable Duration life) {
    return first.bean(Keys.class).issue(projectId, name, life);
  }

  /** Changes are read in their order: after this one, none throws an older key out of the cache. */
  private void awaitChangesUntilNow(RunningApi replica) {
    KeyView last = issue("last", null).key();
    first.bean(Keys.class).revoke(last.id(), last.version());
    await(() -> replica.bean(Probes.class).revoked.contains(last.id()), Duration.ofSeconds(10));
  }

  private static boolean confirmed(RunningApi replica) {
    return replica.bean(KeyChanges.class).isConfirmed();
  }

  /** Nobody else can read or write the table while {@code work} runs. */
  private void withLockedTable(String table, Runnable work) {
    try (Connection connection = database.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table api." + table + " in access exclusive mode");
      work.run();
      connection.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(BooleanSupplier condition, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not within %s", limit).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Numbers below the bound: first those given, then random ones. */
  private record Prefixed(java.util.Deque<Integer> first)
      implements java.util.random.RandomGenerator {
    private static final Random RANDOM = new Random();

    @Override
    public int nextInt(int bound) {
      return first.isEmpty() ? RANDOM.nextInt(bound) : first.removeFirst();
    }

    @Override
    public long nextLong() {
      return RANDOM.nextLong();
    }
  }

  /** A route that says who calls, what was announced, and a ticker that tests push forward. */
  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Probes {
    final List<Long> revoked = new CopyOnWriteArrayList<>();
    final AtomicLong ticker = new AtomicLong();

    @Bean
    @Primary
    Ticker pushedTicker() {
      return () -> System.nanoTime() + ticker.get();
    }

    @EventListener
    void on(KeyRevoked event) {
      revoked.add(event.keyId());
    }

    @GetMapping(PATH)
    String caller(ServerWebExchange exchange) {
      Caller caller = exchange.getRequiredAttribute(Caller.ATTRIBUTE);
      return "%d %d %d".formatted(caller.keyId(), caller.projectId(), caller.organizationId());
    }
  }
}
