package io.r1platform.api.relay;

import static io.r1platform.api.relay.BatchClient.lines;
import static io.r1platform.api.relay.BatchClient.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.batches.BatchSweeps;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.Tenants;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import tools.jackson.databind.JsonNode;

/** Batches whose engine, file, database or money is not there: none stands still for ever. */
class BatchFaultsIT {
  private Gateway gateway;
  private BatchClient client;
  private JdbcClient superuser;

  @BeforeEach
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.relay.final-wait", "1s",
                "r1.api.relay.drain-wait", "1s",
                "r1.api.batches.look-every", "50ms",
                "r1.api.batches.try-after", "100ms",
                "r1.api.batches.of-batch", "4"),
            Faults.class);
    client = new BatchClient(gateway.api, gateway.key);
    superuser = JdbcClient.create(gateway.database.superuser());
    gateway.engine.does(BatchesIT::answer);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** Breaks the batches' thread where it asks the database. */
  @Configuration(proxyBeanMethods = false)
  static class Faults {
    private static final AtomicInteger LEFT = new AtomicInteger();

    @Bean
    static BeanPostProcessor faultyDataSource() {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          return name.equals("dataSource") ? new Faulty((DataSource) bean) : bean;
        }
      };
    }

    private static final class Faulty extends DelegatingDataSource {
      Faulty(DataSource real) {
        super(real);
      }

      @Override
      public Connection getConnection() throws SQLException {
        if (Thread.currentThread().getName().equals("batches")
            && LEFT.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
          throw new NoClassDefFoundError("a class that a jar has lost");
        }
        return super.getConnection();
      }
    }
  }

  @Test
  void anErrorInTheirThreadDoesNotEndIt() {
    Faults.LEFT.set(3);
    JsonNode ended = client.awaitStatus(client.batch(lines(3)), "completed");
    assertThat(Faults.LEFT).as("what it met").hasValue(0);
    assertThat(client.content(ended, "output_file_id")).hasSize(3);
  }

  @Test
  void aFaultMayQuoteWhatNoDatabaseTakes() {
    JsonNode batch = client.awaitStatus(client.batch("nul\0x\n"), "failed");
    JsonNode fault = batch.at("/errors/data/0");
    assertThat(fault.path("code").asString()).isEqualTo("invalid_json");
    assertThat(fault.path("message").asString()).contains("nul").doesNotContain("\0");
  }

  @Test
  void aFileThatCannotBeReadFailsItsBatch() {
    String file = client.file(lines(2));
    breakFiles();
    JsonNode batch = client.awaitStatus(idOf(client.create(file, null)), "failed");
    assertThat(batch.at("/errors/data/0/code").asString()).isEqualTo("input_unreadable");
    assertThat(client.delete("/v1/files/" + file).statusCode()).isEqualTo(200);
  }

  @Test
  void aFileThatCannotBeReadAnyMoreFailsItsBatchOnceAndNoLineIsCharged() {
    String batch = waitingForMoney();
    breakFiles();
    JsonNode ended = client.awaitStatus(batch, "failed");
    assertThat(ended.at("/errors/data/0/code").asString()).isEqualTo("input_unreadable");
    List<JsonNode> errors = client.content(ended, "error_file_id");
    assertThat(errors)
        .hasSize(3)
        .allMatch(line -> line.path("custom_id").isNull())
        .allMatch(line -> line.at("/error/code").asString().equals("batch_failed"));
    assertThat(gateway.engine.chats()).isEmpty();
  }

  @Test
  void whatCannotBeValidatedWithinItsDayFails() {
    superuser
        .sql(
            """
            create function api.broken() returns trigger language plpgsql
            as 'begin raise exception ''broken''; end'
            """)
        .update();
    superuser
        .sql("create trigger broken before insert on api.batch_line execute function api.broken()")
        .update();
    String batch = client.batch(lines(2));
    assertThat(client.see(batch).path("status").asString()).isEqualTo("validating");
    gateway.api.clock().advance(Duration.ofHours(24));
    JsonNode ended = client.awaitStatus(batch, "failed");
    assertThat(ended.at("/errors/data/0/code").asString()).isEqualTo("batch_expired");
  }

  @Test
  void aCancelDoesNotWaitForAFileThatIsRead() throws SQLException {
    String batch;
    try (Connection connection = gateway.database.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table api.batch_line in exclusive mode");
      batch = client.batch(lines(2));
      Await.until("its file is read", () -> isTaken(batch));
      HttpResponse<String> refused = client.post("/v1/batches/" + batch + "/cancel");
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body()).contains("is being read");
      connection.rollback();
    }
    client.awaitStatus(batch, "completed");
  }

  @Test
  void anEngineThatCannotBeReachedIsWaitedFor() {
    gateway.engine.close();
    String batch = client.batch(lines(3));
    awaitBlocked(batch, "engine_unavailable");
    Await.until(
        "more runs than three of each line",
        () -> count("select count(*) from api.usage_journal where kind = 'F'") > 9);
    client.post("/v1/batches/" + batch + "/cancel");
    JsonNode ended = client.awaitStatus(batch, "cancelled");
    assertThat(client.content(ended, "error_file_id"))
        .hasSize(3)
        .allMatch(line -> line.at("/error/code").asString().equals("batch_cancelled"));
  }

  @Test
  void anEngineThatFailsAgainAndAgainIsWaitedForLongerAndLonger() {
    gateway.engine.does(chat -> chat.error(502, "engine_failed", "broken"));
    String batch = client.batch(lines(40));
    awaitBlocked(batch, "engine_failed");
    Await.until("some tries", () -> gateway.engine.chats().size() >= 7);
    assertThat(count("select max(failures) from api.batch_line")).as("of one line").isEqualTo(1);
    gateway.engine.does(BatchesIT::answer);
    JsonNode ended = client.awaitStatus(batch, "completed");
    assertThat(client.content(ended, "output_file_id")).hasSize(40);
    assertThat(gateway.engine.chats()).as("fast tries").hasSizeLessThan(52);
  }

  @Test
  void aPlannedStopIsNoTryOfItsLines() {
    gateway.engine.does(chat -> chat.json().awaitCancel());
    client.batch(lines(2));
    Await.until("they run", () -> gateway.engine.chats().size() == 2);
    gateway.api.close();
    assertThat(count("select count(*) from api.batch_line where state = 'waiting'")).isEqualTo(2);
    assertThat(count("select sum(failures) from api.batch_line")).isZero();
  }

  /** One has what two places can do to its files standing still; the other is not behind it. */
  @Test
  void filesOfOneOrganizationDoNotHoldUpAnothers() throws SQLException {
    superuser
        .sql(
            """
            create function api.held() returns trigger language plpgsql as '
            begin
              if exists (select from api.batch where batch_id = new.batch_id
                  and organization_id = %d) then
                perform pg_advisory_xact_lock_shared(77);
              end if;
              return new;
            end'
            """
                .formatted(gateway.organizationId))
        .update();
    superuser
        .sql(
            """
            create trigger held before insert on api.batch_line for each row
            execute function api.held()
            """)
        .update();
    Tenants tenants = gateway.api.bean(Tenants.class);
    long project = tenants.createProject(tenants.createOrganization("Small", 1).id(), "One").id();
    var small =
        new BatchClient(
            gateway.api, gateway.api.bean(Keys.class).issue(project, "small", null).secret());
    try (Connection connection = gateway.database.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_lock(77)");
      List<String> large = List.of(client.batch(lines(1)), client.batch(lines(1)));
      Await.until("its file is read", () -> large.stream().anyMatch(this::isTaken));
      small.awaitStatus(small.batch(lines(1)), "completed");
    }
  }

  @Test
  void batchesThatEndedLongAgoAndLinesThatWereLeftBehindAreRemoved() {
    String batch = client.batch(lines(1));
    client.awaitStatus(batch, "completed");
    superuser
        .sql(
            "insert into api.batch_line (batch_id, line, at, length) select batch_id, 2, 0, 1"
                + " from api.batch")
        .update();
    BatchSweeps.sweep(gateway.api);
    assertThat(count("select count(*) from api.batch_line")).isZero();
    gateway.api.clock().advance(Duration.ofDays(89));
    BatchSweeps.sweep(gateway.api);
    assertThat(client.get("/v1/batches/" + batch).statusCode()).isEqualTo(200);
    gateway.api.clock().advance(Duration.ofDays(2));
    BatchSweeps.sweep(gateway.api);
    assertThat(client.get("/v1/batches/" + batch).statusCode()).isEqualTo(404);
  }

  @Test
  void whatBlockedItIsForgottenWhenALineHasRun() {
    var others = new CountDownLatch(1);
    var first = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          boolean isFirst = new String(chat.body(), StandardCharsets.UTF_8).contains("hi 1");
          assertThat((isFirst ? first : others).await(20, TimeUnit.SECONDS)).isTrue();
          BatchesIT.answer(chat);
        });
    String batch = client.batch(lines(3));
    Await.until("they run", () -> gateway.engine.chats().size() == 3);
    // As another replica notes it, or the process before this one has.
    superuser.sql("update api.batch set blocked = '{\"code\":\"queue_full\"}'").update();
    awaitBlocked(batch, "queue_full");
    first.countDown();
    Await.until("nothing blocks it", () -> client.see(batch).path("blocked_by").isNull());
    others.countDown();
    client.awaitStatus(batch, "completed");
  }

  @Test
  void aBatchDoesNotEndAsCompletedWhileALineWaits() {
    String batch = waitingForMoney();
    superuser
        .sql("update api.batch set status = 'finalizing', outcome = 'completed', blocked = null")
        .update();
    awaitBlocked(batch, "budget_exceeded");
    gateway.billing.leases().unlimit("KEY");
    JsonNode ended = client.awaitStatus(batch, "completed");
    assertThat(names(client.content(ended, "output_file_id"))).containsExactly("l1", "l2", "l3");
  }

  @Test
  void keepsAnswersBeforeTheChargeAlsoOfAProjectThatStoresContents() {
    Tenants tenants = gateway.api.bean(Tenants.class);
    long project = gateway.caller().projectId();
    tenants.keepContent(project, tenants.project(project).orElseThrow().version(), 7);
    Await.until(
        "contents are stored",
        () -> {
          gateway.chat(
              "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
          return count("select count(*) from api.request_content") > 0;
        });
    noteStates();
    client.awaitStatus(client.batch(lines(1)), "completed");
    assertThat(superuser.sql("select state from api.noted order by at").query(String.class).list())
        .containsExactly("running", "kept", "done");
  }

  @Test
  void anAnswerThatIsKeptLateIsNotLostWhileItsChargeIsPending() {
    superuser.sql("create table api.gate as select true as shut").update();
    superuser.sql("grant select on api.gate to r1_api").update();
    superuser
        .sql(
            """
            create function api.gated() returns trigger language plpgsql as '
            begin
              if new.state = ''kept'' and (select shut from api.gate) then
                raise exception ''the database is away'';
              end if;
              return new;
            end'
            """)
        .update();
    superuser
        .sql(
            """
            create trigger gated before update on api.batch_line for each row
            execute function api.gated()
            """)
        .update();
    String batch = client.batch(lines(1));
    Await.until(
        "it is charged",
        () -> count("select count(*) from api.usage_journal where kind = 'F'") == 1);
    superuser.sql("update api.gate set shut = false").update();
    JsonNode ended = client.awaitStatus(batch, "completed");
    JsonNode line = client.content(ended, "output_file_id").getFirst();
    assertThat(line.at("/response/body/choices/0/message/content").asString()).isEqualTo("hi");
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  /** A batch of three lines whose key has no money. */
  private String waitingForMoney() {
    gateway.billing.leases().limit("KEY", 1, "2026-12-01T00:00:00Z");
    String batch = client.batch(lines(3));
    awaitBlocked(batch, "budget_exceeded");
    return batch;
  }

  private void awaitBlocked(String batch, String code) {
    Await.until(
        "it waits: " + code,
        () -> client.see(batch).at("/blocked_by/code").asString("").equals(code));
  }

  /** What was uploaded can be decrypted no more. */
  private void breakFiles() {
    superuser.sql("update api.file_chunk set content = content || 'x'::bytea").update();
  }

  private boolean isTaken(String batch) {
    return count(
            "select count(*) from api.batch where 'batch_' || replace(batch_id::text, '-', '') = '"
                + batch
                + "' and batch_id not in (select batch_id from api.batch for update skip locked)")
        == 1;
  }

  private void noteStates() {
    superuser.sql("create table api.noted (at serial, state text)").update();
    superuser
        .sql(
            """
            create function api.note() returns trigger language plpgsql security definer as '
            begin
              insert into api.noted (state) values (new.state);
              return new;
            end'
            """)
        .update();
    superuser
        .sql(
            """
            create trigger noted after update on api.batch_line for each row
            execute function api.note()
            """)
        .update();
  }

  private static String idOf(HttpResponse<String> batch) {
    return tools.jackson.databind.json.JsonMapper.shared()
        .readTree(batch.body())
        .path("id")
        .asString();
  }

  private long count(String sql) {
    return superuser.sql(sql).query(Long.class).single();
  }
}
