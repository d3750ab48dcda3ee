package io.r1platform.api.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.r1platform.api.RunningApi;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PaymentWebhookIT {
  private record Passed(String path, String body, Map<String, List<String>> headers) {}

  private final TestDatabase database = TestDatabase.create();
  private final List<Passed> passed = new CopyOnWriteArrayList<>();
  private volatile int status;
  private volatile byte[] says = new byte[0];
  private HttpServer billing;
  private RunningApi api;

  @BeforeAll
  void start() throws IOException {
    billing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    billing.createContext(
        "/internal/v1/payment-events",
        exchange -> {
          passed.add(
              new Passed(
                  exchange.getRequestURI().toString(),
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                  exchange.getRequestHeaders()));
          boolean first = exchange.getRequestURI().getQuery() == null;
          byte[] said = first ? says : new byte[0];
          exchange.sendResponseHeaders(first ? status : 200, said.length == 0 ? -1 : said.length);
          exchange.getResponseBody().write(said);
          exchange.close();
        });
    billing.start();
    String url = "http://127.0.0.1:" + billing.getAddress().getPort();
    api = RunningApi.start(database, Map.of("r1.api.billing.url", url));
  }

  @AfterAll
  void stop() {
    api.close();
    billing.stop(0);
  }

  @BeforeEach
  void forget() {
    passed.clear();
    status = 200;
    says = new byte[0];
  }

  @Test
  void bytesAndSignatureGoOnAsTheyCame() {
    String event = "{ \"a\" :\t1 }";
    assertThat(send("test", event).statusCode()).isEqualTo(204);
    Passed one = passed.getFirst();
    assertThat(one.path).isEqualTo("/internal/v1/payment-events/test");
    assertThat(one.body).isEqualTo(event);
    assertThat(one.headers.get("Webhook-id")).containsExactly("evt_1");
    assertThat(one.headers.get("Webhook-signature")).containsExactly("v1,abc");
    assertThat(one.headers.get("Acme-signature")).containsExactly("t=1,v1=x");
    assertThat(one.headers.get("Authorization")).containsExactly("Bearer billing-token");
    assertThat(one.headers.get("Cookie")).isNull();
  }

  @Test
  void anythingButTakenMakesTheProviderSendAgain() {
    Map<Integer, Integer> answers =
        Map.of(403, 403, 404, 404, 400, 422, 409, 409, 500, 502, 503, 502, 401, 502);
    answers.forEach(
        (from, to) -> {
          status = from;
          assertThat(send("test", "{}").statusCode()).as("billing says %d", from).isEqualTo(to);
        });
  }

  @Test
  void billingIsToldWhetherAnOrganizationThatItDoesNotKnowExists() {
    long made = api.bean(Tenants.class).createOrganization("Payer").id();
    for (long id : List.of(made, 999_999L)) {
      passed.clear();
      String asks = "{\"result\":\"ASKED\",\"organization\":\"%d\"}".formatted(id);
      says = asks.getBytes(StandardCharsets.UTF_8);
      status = 428;
      assertThat(send("test", "{}").statusCode()).isEqualTo(204);
      assertThat(passed.getLast().path)
          .isEqualTo("/internal/v1/payment-events/test?exists=" + (id == made));
      assertThat(passed.getLast().body).isEqualTo("{}");
      assertThat(passed.getLast().headers.get("Webhook-signature")).containsExactly("v1,abc");
      assertThat(passed).hasSize(2);
    }
    status = 200;
    says = "{\"result\":\"MOVED\",\"organization\":null}".getBytes(StandardCharsets.UTF_8);
    assertThat(send("test", "{}").statusCode()).isEqualTo(204);
    assertThat(passed).as("taken at once").hasSize(3);
  }

  @Test
  void whatIsTooLargeOrOddNeverReachesBilling() {
    assertThat(send("test", "x".repeat(65_537)).statusCode()).isEqualTo(413);
    assertThat(send("Test", "{}").statusCode()).isEqualTo(404);
    assertThat(send("a%2Fb", "{}").statusCode()).isIn(400, 404);
    assertThat(
            api.send(HttpRequest.newBuilder(api.uri("/webhooks/payments/test")).GET()).statusCode())
        .isEqualTo(404);
    assertThat(passed).isEmpty();
  }

  private HttpResponse<String> send(String provider, String body) {
    return api.send(
        HttpRequest.newBuilder(api.uri("/webhooks/payments/" + provider))
            .header("Content-Type", "application/json")
            .header("webhook-id", "evt_1")
            .header("webhook-timestamp", "1")
            .header("webhook-signature", "v1,abc")
            .header("Acme-Signature", "t=1,v1=x")
            .header("Authorization", "Bearer stolen")
            .header("Cookie", "a=b")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }
}
