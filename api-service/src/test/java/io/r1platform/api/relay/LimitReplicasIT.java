package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.limits.LimitScope;
import io.r1platform.api.limits.LimitSet;
import io.r1platform.api.limits.LimitSets;
import io.r1platform.api.limits.Terms;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two replicas under one limit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitReplicasIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;
  private static final int DEAD = 7;

  private Gateway gateway;
  private RunningApi peer;
  private String key = "";

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
    peer =
        RunningApi.start(
            gateway.database,
            Map.of(
                "r1.api.upstreams.inference-url", gateway.engine.url(),
                "r1.api.billing.url", gateway.billing.url(),
                "r1.api.metering.replica-id", "2"));
    Catalogue catalogue = peer.bean(Catalogue.class);
    Await.until(
        "the peer has prices and models",
        () ->
            peer.bean(Prices.class).at(2, RunningApi.START).isPresent()
                && catalogue.card(catalogue.served().getFirst()).isPresent()
                && peer.get("/v1/models", gateway.key).statusCode() == 200);
  }

  @AfterAll
  void stop() {
    peer.close();
    gateway.close();
  }

  @Test
  void letsInAsManyTogetherAsTheLimitSays() {
    answers();
    limit(new Terms(10L, null, null, null));
    int passed = 0;
    for (int i = 0; i < 20; i++) {
      passed += (i % 2 == 0 ? here() : there()) == 200 ? 1 : 0;
    }
    assertThat(passed).isBetween(10, 11); // a minute's worth, and one may have flowed in
    assertThat(gateway.engine.chats()).hasSize(passed);
  }

  @Test
  void whatEndsAtOneIsFreeAtTheOther() throws Exception {
    gateway.engine.does(chat -> chat.stream().write(token(1, "content", "a")).awaitCancel());
    limit(new Terms(null, null, 1L, null));
    HttpResponse<InputStream> open = gateway.open(STREAM, key);
    Gateway.readUntil(open.body(), "id: 1");
    assertThat(there()).isEqualTo(429);
    open.body().close();
    Await.until("the engine was stopped", () -> gateway.engine.wasCancelled(Gateway.id(open)));
    answers();
    Await.until("it is free there", () -> there() == 200);
    for (int i = 0; i < 6; i++) { // one after another at both: the place wanders
      assertThat(i % 2 == 0 ? here() : there()).as("turn " + i).isEqualTo(200);
    }
  }

  @Test
  void whatADeadReplicaHadComesBackWhenItsEpochIsOver() {
    answers();
    limit(new Terms(null, null, 1L, null));
    Await.until("it is used", () -> here() == 200);
    JdbcClient database = gateway.api.bean(JdbcClient.class);
    Await.until("all was given back", () -> leased(database) == 0);
    database.sql("insert into shipping (replica_id, epoch) values (?, 1)").param(DEAD).update();
    database
        .sql(
            """
            insert into limit_lease (bucket_id, replica_id, epoch, granted)
            select id, ?, 1, 1 from limit_bucket
            where kind = 'concurrency' and scope = 'key' and scope_id = ?""")
        .params(DEAD, gateway.caller().keyId())
        .update();
    assertThat(here()).isEqualTo(429);
    assertThat(there()).isEqualTo(429);
    database.sql("update shipping set last_seq = 0 where replica_id = ?").param(DEAD).update();
    Await.until("it came back", () -> here() == 200);
    Await.until("to all", () -> there() == 200);
  }

  private long leased(JdbcClient database) {
    return database
        .sql(
            """
            select coalesce(sum(granted), 0) from limit_lease l
            join limit_bucket b on b.id = l.bucket_id
            where b.kind = 'concurrency' and b.scope = 'key' and b.scope_id = ?""")
        .param(gateway.caller().keyId())
        .query(Long.class)
        .single();
  }

  private void answers() {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(
                    token(1, "content", "a")
                        + finish(1, "stop")
                        + usageChunk(0, 1, "stop")
                        + DONE));
  }

  /** Of another key each time. */
  private void limit(Terms terms) {
    key = gateway.issueKey();
    long id = gateway.caller().keyId();
    gateway
        .api
        .bean(LimitSets.class)
        .replace(LimitScope.KEY, id, 0, Map.of(LimitSet.ALL_MODELS, terms));
    for (RunningApi api : java.util.List.of(gateway.api, peer)) {
      Await.until(
          "it is known",
          () -> api.get("/v1/limits", key).body().contains("\"scope_id\":\"" + id + "\""));
    }
  }

  private int here() {
    return gateway.chatAs(key, STREAM).statusCode();
  }

  private int there() {
    return peer.send(
            HttpRequest.newBuilder(peer.uri("/v1/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(STREAM)))
        .statusCode();
  }
}
