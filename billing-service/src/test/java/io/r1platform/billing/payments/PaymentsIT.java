package io.r1platform.billing.payments;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.webhooks.Signature;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Money that a payment provider reports; each test has its own organization. */
class PaymentsIT {
  private static final long DOLLAR = 1_000_000_000_000L;
  private static final byte[] SECRET = "a secret of thirty-two bytes 123".getBytes(US_ASCII);
  private static final byte[] NEXT_SECRET = "the secret after it, 32 bytes 45".getBytes(US_ASCII);
  private static BillingFixture billing;
  private static long last = 7_000;

  private final long organization = ++last;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("payments");
    Files.writeString(file, whsec(SECRET) + "\n" + whsec(NEXT_SECRET) + "\n");
    billing =
        new BillingFixture("--r1.billing.payments.test-secret-file=" + file)
            .dryFirst("refused-payments/N/resolution");
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void aTopUpBecomesCreditOnce() {
    String event = event("TOP_UP", "USD", "2500");
    Answer first = send("evt_" + organization, now(), SECRET, event);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.text("result")).isEqualTo("MOVED");
    Answer again = send("evt_" + organization, now() + 60, NEXT_SECRET, event);
    assertThat(again.text("result")).isEqualTo("REPEATED");
    assertThat(balance(Account.CASH)).isEqualTo(25 * DOLLAR);
    assertThat(balance(Account.WALLET_PAID)).isEqualTo(-25 * DOLLAR);
    assertThat(limit()).isEqualTo(125 * DOLLAR);
  }

  @Test
  void aPaymentMakesRoomUnderTheLimit() {
    assertThat(send("evt_p" + organization, now(), SECRET, event("PAYMENT", "USD", "1")).status())
        .isEqualTo(200);
    assertThat(balance(Account.CASH)).isEqualTo(DOLLAR / 100);
    assertThat(balance(Account.RECEIVABLE)).isEqualTo(-DOLLAR / 100);
    assertThat(limit()).isEqualTo(100 * DOLLAR + DOLLAR / 100);
  }

  @Test
  void oneEventIdWithTwoContentsMovesTheFirstOnly() {
    send("evt_c" + organization, now(), SECRET, event("TOP_UP", "USD", "100"));
    Answer other = send("evt_c" + organization, now(), SECRET, event("TOP_UP", "USD", "900"));
    assertThat(other.text("result")).isEqualTo("REFUSED");
    assertThat(balance(Account.CASH)).isEqualTo(DOLLAR);
  }

  @Test
  void manyDeliveriesAtOnceMoveItOnce() throws Exception {
    String event = event("TOP_UP", "USD", "700");
    long time = now();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 16)
              .mapToObj(
                  i -> threads.submit(() -> send("evt_m" + organization, time, SECRET, event)))
              .toList();
      int moved = 0;
      for (Future<Answer> answer : answers) {
        moved += answer.get().text("result").equals("MOVED") ? 1 : 0;
      }
      assertThat(moved).isEqualTo(1);
    }
    assertThat(balance(Account.CASH)).isEqualTo(7 * DOLLAR);
  }

  @Test
  void whatNobodyVouchesForMovesNothing() {
    String event = event("TOP_UP", "USD", "100");
    long time = now();
    String right = Signature.of(SECRET, "evt_x", time, event);
    byte[] stranger = "somebody else's secret, 32 bytes".getBytes(US_ASCII);
    refused(post("evt_x", time, Signature.of(stranger, "evt_x", time, event), event));
    refused(post("evt_y", time, right, event));
    refused(post("evt_x", time + 1, right, event));
    refused(post("evt_x", time, right, event("TOP_UP", "USD", "101")));
    refused(post("evt_x", time, right.substring(0, right.length() - 1), event));
    refused(post("evt_x", time, "", event));
    assertThat(balance(Account.CASH)).isZero();
    assertThat(post("evt_x", time, "v1,AAAA " + right, event).status()).isEqualTo(200);
  }

  @Test
  void whatIsReplayedLaterOrDatedAheadIsRefused() {
    String event = event("TOP_UP", "USD", "100");
    refused(send("evt_o" + organization, now() - 301, SECRET, event));
    refused(send("evt_o" + organization, now() + 302, SECRET, event));
    assertThat(balance(Account.CASH)).isZero();
  }

  @Test
  void anotherKindOfEventIsTakenAndMovesNothing() {
    Answer answer = send("evt_k", now(), SECRET, "{\"type\":\"customer.created\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("result")).isEqualTo("IGNORED");
  }

  @Test
  void aTrueEventThatIsNotUnderstoodIsKeptForAPersonOnce() {
    String id = "evt_w" + organization;
    List<String> unclear =
        List.of(
            event("TOP_UP", "XYZ", "100"),
            event("TOP_UP", "USD", "0"),
            event("TOP_UP", "USD", "-5"),
            event("TOP_UP", "USD", "1.5"),
            event("GIFT", "USD", "5"),
            "{\"type\":\"payment.succeeded\"}",
            "{\"data\":{}}",
            "[]",
            "no JSON");
    for (String event : unclear) {
      assertThat(send(id, now(), SECRET, event).text("result")).as(event).isEqualTo("REFUSED");
      assertThat(send(id, now(), SECRET, event).status()).as("sent again").isEqualTo(200);
    }
    assertThat(balance(Account.CASH)).isZero();
    JsonNode all = billing.get("/internal/v1/refused-payments").json().path("payments");
    List<JsonNode> kept =
        all.valueStream().filter(one -> one.path("event_id").asString().equals(id)).toList();
    assertThat(kept.reversed().stream().map(one -> one.path("body").asString()).toList())
        .isEqualTo(unclear);
    assertThat(kept).allMatch(one -> one.path("amount").isNull());
    assertThat(kept.getLast().path("refused_because").asString()).contains("ISO 4217");
    assertThat(send(id, now(), SECRET, event("TOP_UP", "USD", "100")).text("result"))
        .as("understood now, but a person has it")
        .isEqualTo("REFUSED");
    assertThat(balance(Account.CASH)).isZero();
    refused(post(id, now(), Signature.of(SECRET, "evt_z", now(), "no JSON"), "no JSON"));
    Answer stranger =
        billing.postJson("/internal/v1/payment-events/nobody", BillingFixture.GATEWAY, "{}");
    assertThat(stranger.status()).isEqualTo(404);
  }

  @Test
  void anUnknownOrganizationGetsAnAccountOnlyIfTheGatewayKnowsIt() {
    String event = event("TOP_UP", "USD", "100");
    String id = "evt_a" + organization;
    String signature = Signature.of(SECRET, id, now(), event);
    Answer asked = post("", id, now(), signature, event);
    assertThat(asked.status())
        .as("a gateway that does not know it has it sent again")
        .isEqualTo(428);
    assertThat(asked.text("result")).isEqualTo("ASKED");
    assertThat(asked.text("organization")).isEqualTo(Long.toString(organization));
    assertThat(post("?exists=false", id, now(), signature, event).text("result"))
        .isEqualTo("REFUSED");
    assertThat(kept(true).get(0).path("refused_because").asString()).contains("no such");
    assertThat(billing.sum("1", "budget where organization_id = " + organization)).isZero();
    assertThat(post("?exists=true", id, now(), signature, event).text("result"))
        .as("a person may have booked it")
        .isEqualTo("REFUSED");
    assertThat(kept(true).size()).isEqualTo(1);
    String next = "evt_b" + organization;
    signature = Signature.of(SECRET, next, now(), event);
    assertThat(post("?exists=true", next, now(), signature, event).text("result"))
        .isEqualTo("MOVED");
    for (String query : List.of("", "?exists=false")) {
      assertThat(post(query, next, now(), signature, event).text("result")).isEqualTo("REPEATED");
    }
    assertThat(kept(true).size()).isEqualTo(1);
    assertThat(balance(Account.CASH)).isEqualTo(DOLLAR);
  }

  @Test
  void moneyThatCannotBeMovedIsKeptForAPersonOnce() {
    for (String event :
        new String[] {event("TOP_UP", "EUR", "100"), event("PAYMENT", "USD", "100000001")}) {
      String id = "evt_r%d_%d".formatted(organization, event.length());
      assertThat(send(id, now(), SECRET, event).text("result")).as(event).isEqualTo("REFUSED");
      assertThat(send(id, now(), SECRET, event).status()).as("sent again").isEqualTo(200);
    }
    assertThat(balance(Account.CASH)).isZero();
    JsonNode waiting = kept(true);
    assertThat(waiting.size()).isEqualTo(2);
    assertThat(waiting.get(1).path("currency").asString()).isEqualTo("EUR");
    assertThat(waiting.get(1).path("amount").asString()).isEqualTo(Long.toString(DOLLAR));
    assertThat(waiting.get(1).path("refused_because").asString()).contains("USD", "EUR");
    String path =
        "/internal/v1/refused-payments/%s/resolution"
            .formatted(waiting.get(1).path("id").asString());
    String given = "{\"why\":\"given back\",\"by\":\"ann\"}";
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, given).status()).isEqualTo(204);
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, given).status()).isEqualTo(204);
    assertThat(kept(true).size()).isEqualTo(1);
    assertThat(kept(false).get(0).path("resolved_why").asString()).isEqualTo("given back");
  }

  private JsonNode kept(boolean open) {
    var mine = JsonMapper.shared().createArrayNode();
    for (JsonNode one :
        billing.get("/internal/v1/refused-payments?open=" + open).json().path("payments")) {
      if (one.path("organization").asString().equals(Long.toString(organization))) {
        mine.add(one);
      }
    }
    return mine;
  }

  private void refused(Answer answer) {
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("code")).isEqualTo("webhook_refused");
  }

  private String event(String purpose, String currency, String minor) {
    return """
        {"type":"payment.succeeded","data":{"organization":"%d","purpose":"%s","currency":"%s",\
        "amount_minor":"%s"}}"""
        .formatted(organization, purpose, currency, minor);
  }

  private static Answer send(String id, long time, byte[] secret, String event) {
    return post(id, time, Signature.of(secret, id, time, event), event);
  }

  private static Answer post(String id, long time, String signature, String event) {
    return post("?exists=true", id, time, signature, event);
  }

  private static Answer post(String query, String id, long time, String signature, String event) {
    return billing.send(
        billing
            .request("/internal/v1/payment-events/test" + query, BillingFixture.GATEWAY)
            .header("webhook-id", id)
            .header("webhook-timestamp", Long.toString(time))
            .header("webhook-signature", signature)
            .POST(HttpRequest.BodyPublishers.ofString(event)));
  }

  private static long now() {
    return billing.clock().instant().getEpochSecond();
  }

  private long balance(Account account) {
    LocalDate today = LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
    return billing.bean(Ledger.class).balance(organization, account, "USD", today).longValueExact();
  }

  private long limit() {
    return Long.parseLong(
        billing.get("/internal/v1/organizations/" + organization + "/credit").text("limit"));
  }

  private static String whsec(byte[] secret) {
    return "whsec_" + Base64.getEncoder().encodeToString(secret);
  }
}
