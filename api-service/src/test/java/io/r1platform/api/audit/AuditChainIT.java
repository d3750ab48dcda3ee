package io.r1platform.api.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.observability.Metric;
import io.r1platform.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditChainIT {
  private static final long TAMPERED = 7;

  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;
  private AuditTrail trail;
  private AuditCheck check;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of());
    trail = api.bean(AuditTrail.class);
    check = api.bean(AuditCheck.class);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void rowsWrittenAtOnceMakeOneChainOfEachOrganization() throws Exception {
    try (ExecutorService writers = Executors.newFixedThreadPool(8)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Long organization = i % 3 == 0 ? null : 100L + i % 3;
        done.add(writers.submit(() -> record(organization, "chained")));
      }
      for (Future<?> one : done) {
        one.get();
      }
    }
    assertThat(check().broken()).isEmpty();
    assertThat(sequences(101)).hasSize(67).startsWith(1L).endsWith(67L);
    assertThat(sequences(102)).hasSize(66).endsWith(66L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update api.audit_event set actor = 'nobody' where ID",
        "update api.audit_event set after = '{\"n\": 2}' where ID",
        "update api.audit_event set at = at + interval '1 microsecond' where ID",
        "update api.audit_event set before = null where ID",
        "update api.audit_event set organization_id = 8 where ID",
        "update api.audit_event set hash = sha256('x') where ID",
        "delete from api.audit_event where ID",
        "delete from api.audit_event where id = (select max(id) from api.audit_event)",
        "delete from api.audit_chain where chain = 7",
        "delete from api.audit_event where organization_id = 7",
      })
  void whoeverOwnsTheDatabaseAndChangesARowIsFound(String tampering) {
    assertThat(check().broken()).isEmpty();
    for (int i = 0; i < 3; i++) {
      record(TAMPERED, "row " + i);
    }
    String middle =
        "id = (select id from api.audit_event where organization_id = 7 order by id desc"
            + " offset 1 limit 1)";
    superuser.sql("create table kept as select * from api.audit_event").update();
    superuser.sql("create table kept_chain as select * from api.audit_chain").update();
    withoutTriggers(tampering.replace("ID", middle));
    try {
      assertThat(check().broken()).contains(TAMPERED);
      assertThat(gauge()).isPositive();
    } finally {
      withoutTriggers(
          """
          delete from api.audit_event; delete from api.audit_chain;
          insert into api.audit_event overriding system value select * from kept;
          insert into api.audit_chain select * from kept_chain\
          """);
      superuser.sql("drop table kept, kept_chain").update();
    }
    assertThat(check().broken()).isEmpty();
    assertThat(gauge()).isZero();
  }

  @Test
  void nobodyChangesTheTrailByPlainSql() {
    record(null, "kept");
    JdbcClient service = JdbcClient.create(database.dataSource("r1_api"));
    JdbcClient owner = JdbcClient.create(database.dataSource("r1_api_owner"));
    for (String sql :
        List.of(
            "delete from audit_event",
            "update audit_event set actor = 'nobody'",
            "truncate audit_event")) {
      assertThatThrownBy(() -> service.sql(sql).update())
          .rootCause()
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> owner.sql(sql).update())
          .rootCause()
          .hasMessageContaining("append-only");
    }
    for (String sql :
        List.of(
            "update audit_chain set sequence = 0",
            "delete from audit_check",
            "insert into audit_chain values (99, 1, sha256(''))")) {
      assertThatThrownBy(() -> service.sql(sql).update())
          .rootCause()
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void theServiceCannotChooseSequenceOrHash() {
    JdbcClient service = JdbcClient.create(database.dataSource("r1_api"));
    service
        .sql(
            """
            insert into audit_event (at, actor, address, action, object_kind, object_id,
              request_id, sequence, hash)
            values (now(), 'forger', '', '', '', '', gen_random_uuid(), 999999, sha256('x'))\
            """)
        .update();
    assertThat(check().broken()).isEmpty();
  }

  @Test
  void rowsOfBeforeTheChainsAreChained() {
    var old = TestDatabase.create();
    migrate(old, "47");
    JdbcClient sql = JdbcClient.create(old.superuser());
    sql.sql(
            """
            insert into api.audit_event (at, actor, address, action, object_kind, object_id,
              organization_id, request_id)
            select now(), 'somebody', '', '', '', n::text, nullif(n % 3, 0), gen_random_uuid()
            from generate_series(1, 30) n\
            """)
        .update();
    migrate(old, "53");
    var service = JdbcClient.create(old.dataSource("r1_api"));
    var meters = new SimpleMeterRegistry();
    var found =
        new AuditCheck(
                service, TransactionOperations.withoutTransaction(), Clock.systemUTC(), meters)
            .check();
    assertThat(found.broken()).isEmpty();
    assertThat(sql.sql("select sum(sequence) from api.audit_chain").query(Long.class).single())
        .isEqualTo(30);
  }

  private static void migrate(TestDatabase database, String version) {
    Flyway.configure()
        .dataSource(database.dataSource("r1_api_owner"))
        .schemas("api")
        .locations("classpath:db/api")
        .target(version)
        .load()
        .migrate();
  }

  @Test
  void theTrailIsCheckedEachNightOnOneReplica() {
    check.look();
    long checks = checks();
    check.look();
    assertThat(checks()).isEqualTo(checks);
    api.clock().advance(Duration.ofHours(25));
    check.look();
    check.look();
    assertThat(checks()).isEqualTo(checks + 1);
  }

  @Test
  void theTrailIsReadInPagesAndChecked() {
    for (int i = 0; i < 5; i++) {
      record(55L, "paged");
    }
    var browser = Browser.loggedIn(api);
    List<String> sequences = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = browser.read("/admin/api/audit?limit=2&organization_id=55&after=" + after);
      page.get("items").forEach(item -> sequences.add(item.get("sequence").asString()));
      after = page.get("next").asString();
    } while (!after.isEmpty());
    assertThat(sequences).containsExactly("5", "4", "3", "2", "1");
    JsonNode checked = Browser.json(browser.post("/admin/api/audit/check", "{}"));
    assertThat(checked.get("whole").asBoolean()).isTrue();
    assertThat(browser.read("/admin/api/audit/check")).isEqualTo(checked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"action", "object_kind", "object_id"})
  void aFilterHasNoControlCharacters(String name) {
    var refused = Browser.loggedIn(api).get("/admin/api/audit?" + name + "=a%00b");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(Browser.json(refused).get("param").asString()).isEqualTo(name);
  }

  @Test
  void secretsAreMaskedAndCountsAreNot() {
    List<String> secret =
        List.of("token", "token_sha256", "passwordHash", "clientSecret", "secrets", "accesstoken");
    List<String> shown = List.of("tokens_per_minute", "maxTokens", "tokens", "name");
    Map<String, String> members = new HashMap<>();
    Stream.concat(secret.stream(), shown.stream()).forEach(name -> members.put(name, "value"));
    var actor = new Actor("test", "here", UUID.randomUUID());
    var change =
        new Change("test.masked", "test", "1", null, null, Map.of("deep", List.of(members)));
    api.bean(TransactionOperations.class)
        .executeWithoutResult(status -> trail.record(actor, change));
    var filter = new AuditFilter(null, null, "test.masked", null, null);
    JsonNode after = trail.page(filter, null, true, 1).getFirst().after();
    JsonNode row = Objects.requireNonNull(after).at("/deep/0");
    secret.forEach(name -> assertThat(row.get(name).asString()).as(name).isEqualTo("***"));
    shown.forEach(name -> assertThat(row.get(name).asString()).as(name).isEqualTo("value"));
  }

  private void record(@Nullable Long organization, String what) {
    var actor = new Actor("test", "here", UUID.randomUUID());
    var change =
        new Change("test.done", "test", what, organization, Map.of("n", 0), Map.of("n", 1));
    api.bean(TransactionOperations.class)
        .executeWithoutResult(status -> trail.record(actor, change));
  }

  private AuditCheck.Report check() {
    return api.bean(TransactionOperations.class).execute(status -> check.check());
  }

  private double gauge() {
    return api.bean(MeterRegistry.class).get(Metric.AUDIT_BROKEN.id()).gauge().value();
  }

  private long checks() {
    return superuser.sql("select count(*) from api.audit_check").query(Long.class).single();
  }

  private List<Long> sequences(long organization) {
    return superuser
        .sql("select sequence from api.audit_event where organization_id = ? order by sequence")
        .param(organization)
        .query(Long.class)
        .list();
  }

  /** As somebody who may switch the triggers off. */
  private void withoutTriggers(String sql) {
    database.execute("begin; set local session_replication_role = replica; " + sql + "; commit");
  }
}
