package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** An operator's decisions reach billing with a name and leave a trace here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeldIT {
  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
  private RunningApi api;
  private Browser browser;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("r1.api.billing.url", billing.url()));
    browser = Browser.loggedIn(api);
  }

  @AfterAll
  void stop() {
    api.close();
    billing.close();
  }

  @BeforeEach
  void forget() {
    billing.forget();
  }

  @Test
  void decisionCarriesTheOperatorsNameAndIsAudited() {
    accept("/internal/v1/held/17/decision");
    assertThat(decide("17", "reject", "counted twice")).isEqualTo(204);
    assertThat(billing.bodies().getFirst())
        .contains("\"decision\":\"reject\"", "\"why\":\"counted twice\"", "\"by\":\"");
    assertThat(audited("held_record.rejected", "17")).isEqualTo(1);
  }

  /** Billing has no receipt of either: of one it will never have any. */
  @Test
  void aReceiptSaysWhyItsRecordIsHeldAndWaitsElse() {
    UUID id = finished();
    String path = "/admin/api/requests/" + id + "/receipt";
    JsonNode waiting = browser.read(path);
    assertThat(waiting.get("receipt").asString()).startsWith("v1.");
    assertThat(waiting.get("held").isNull()).isTrue();
    billing.say(
        "/internal/v1/organizations/7/projects/8/receipts/%s/proof".formatted(id),
        409,
        "{\"detail\":\"The record is held (LATE).\"}");
    JsonNode held = browser.read(path);
    assertThat(held.get("held").asString()).isEqualTo("The record is held (LATE).");
    assertThat(held.get("proof").isNull()).isTrue();
  }

  /** A FINAL in the journal, byte by byte, of another replica: nobody ships it here. */
  private UUID finished() {
    var id = new UUID(api.clock().instant().toEpochMilli() << 16 | 0x7001, Long.MIN_VALUE | 1);
    var record = ByteBuffer.allocate(184);
    record.put((byte) 1).put((byte) 0).putShort((short) 1).putInt(2);
    record.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    record.putLong(7).putLong(8).putLong(9).putLong(1_795_000_000_000_000L);
    JdbcClient.create(database.superuser())
        .sql(
            """
            insert into api.usage_journal
              (bucket, event_id, kind, replica_id, epoch, ship_seq, record)
            values ((uuid_extract_timestamp(?) at time zone 'UTC')::date, ?, 'F', 99, 1, 1, ?)
            """)
        .params(id, id, record.array())
        .update();
    return id;
  }

  @Test
  void givenUpNumbersCarryTheOperatorsNameAndAreAudited() {
    accept("/internal/v1/streams/holes");
    int status =
        browser
            .post(
                "/admin/api/streams/holes",
                """
                {"replica": "1", "epoch": 3, "first_seq": "7", "last_seq": "8", "why": "restored"}
                """)
            .statusCode();
    assertThat(status).isEqualTo(204);
    assertThat(billing.bodies().getFirst()).contains("\"first_seq\":\"7\"", "\"by\":\"");
    assertThat(audited("hole.given_up", "1.3")).isEqualTo(1);
    assertThat(audited("hole.given_up.ordered", "1.3")).isEqualTo(1);
  }

  @Test
  void aResolvedPaymentCarriesTheOperatorsNameAndIsAudited() {
    accept("/internal/v1/refused-payments/4/resolution");
    int status =
        browser
            .post("/admin/api/refused-payments/4/resolution", "{\"why\": \"given back\"}")
            .statusCode();
    assertThat(status).isEqualTo(204);
    assertThat(billing.bodies().getFirst()).contains("\"why\":\"given back\"", "\"by\":\"");
    assertThat(audited("refused_payment.resolved", "4")).isEqualTo(1);
  }

  @Test
  void refusalOfBillingIsPassedOnAndOnlyTheOrderIsAudited() {
    billing.say(
        "/internal/v1/held/18/decision",
        409,
        "{\"code\":\"already_decided\",\"detail\":\"it was REJECTED by ops before\"}");
    var answer = browser.post("/admin/api/held/18/decision", body("confirm", "it is right"));
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("it was REJECTED by ops before");
    assertThat(audited("held_record.confirmed", "18")).isZero();
    assertThat(audited("held_record.confirmed.ordered", "18")).isEqualTo(1);
  }

  @Test
  void decisionWithoutAReasonNeverReachesBilling() {
    assertThat(decide("19", "confirm", " ")).isEqualTo(400);
    assertThat(decide("19", "perhaps", "why not")).isEqualTo(422);
    assertThat(billing.asked()).isEmpty();
  }

  private void accept(String path) {
    billing.answer(
        path,
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
  }

  private int decide(String id, String decision, String why) {
    return browser.post("/admin/api/held/" + id + "/decision", body(decision, why)).statusCode();
  }

  private static String body(String decision, String why) {
    return "{\"decision\": \"%s\", \"why\": \"%s\"}".formatted(decision, why);
  }

  private long audited(String action, String object) {
    return api.bean(JdbcClient.class)
        .sql("select count(*) from audit_event where action = ? and object_id = ?")
        .params(action, object)
        .query(Long.class)
        .single();
  }
}
