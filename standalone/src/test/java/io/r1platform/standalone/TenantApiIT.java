package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.AdminApi;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a tenant plans, pays and reads, with the real engine, gateway and ledger. */
@ExtendWith(PlatformExtension.class)
class TenantApiIT {
  private static final String BASE = "/admin/api/";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String BODY =
      """
      {"model":"%s","temperature":0,"messages":[{"role":"user","content":"What is 347 + 589?"}]%s}
      """;

  private final Platform platform;
  private final String key;
  private final HttpClient http = HttpClient.newHttpClient();

  TenantApiIT(Platform platform) {
    this.platform = platform;
    this.key = platform.mintKey();
  }

  @AfterEach
  void close() {
    http.close();
  }

  @Test
  void aQuoteHoldsForItsRequest() throws Exception {
    String body = BODY.formatted(Platform.MODEL, "").strip();
    JsonNode quote = json(post("/v1/quotes", "{\"request\":" + body + "}"));
    assertThat(quote.path("affordable").asBoolean(false)).isTrue();

    HttpResponse<String> answer = post("/v1/chat/completions", body);
    JsonNode usage = json(answer).path("usage");
    assertThat(answer.headers().firstValue("x-r1-cost-max"))
        .contains(quote.path("cost").path("maximum").asString());
    assertThat(quote.path("prompt_tokens").asInt()).isEqualTo(usage.path("prompt_tokens").asInt());
    assertThat(quote.path("price_version")).isEqualTo(usage.path("price_version"));
    assertThat(money(usage.path("cost")))
        .isBetween(
            money(quote.path("cost").path("minimum")), money(quote.path("cost").path("maximum")));
  }

  /** Also where it cuts the answer short, and for several choices together. */
  @Test
  void theChargeNeverExceedsMaxCost() throws Exception {
    int cut = 0;
    for (String most : new String[] {"0.0001", "0.00016", "0.0003", "0.001", "0.05"}) {
      for (int n = 1; n <= 2; n++) {
        String fields = ",\"max_cost\":\"%s\",\"n\":%d".formatted(most, n);
        HttpResponse<String> answer =
            post("/v1/chat/completions", BODY.formatted(Platform.MODEL, fields).strip());
        if (answer.statusCode() == 422) {
          assertThat(answer.body()).contains("max_cost_too_low");
          continue;
        }
        JsonNode completion = json(answer);
        BigDecimal told = money(completion.path("usage").path("cost"));
        assertThat(told).isPositive().isLessThanOrEqualTo(new BigDecimal(most));
        assertThat(new BigDecimal(answer.headers().firstValue("x-r1-cost-max").orElseThrow()))
            .isBetween(told, new BigDecimal(most));
        JsonNode booked = platform.inLedger(id(answer));
        assertThat(money(booked.path("cost"))).isEqualByComparingTo(told);
        cut += booked.path("finish").asString().equals("length") ? 1 : 0;
      }
    }
    assertThat(cut).as("answers that max_cost ended").isPositive();
    platform.reconciled();
  }

  @Test
  void usageCostsAndRequestsTellTheSame() throws Exception {
    long begun = Instant.now().getEpochSecond();
    HttpResponse<String> answer =
        post("/v1/chat/completions", BODY.formatted(Platform.MODEL, "").strip());
    JsonNode usage = json(answer).path("usage");
    JsonNode booked = platform.inLedger(id(answer));

    JsonNode request = json(get("/v1/requests/" + id(answer)));
    assertThat(request.path("status").asString()).isEqualTo("completed");
    assertThat(request.path("cost")).isEqualTo(usage.path("cost"));

    String mine =
        "?start_time=%d&api_key_id=%s".formatted(begun, booked.path("api_key_id").asString());
    JsonNode sums = json(get("/v1/usage" + mine)).path("data").get(0).path("results").get(0);
    assertThat(sums.path("num_model_requests").asInt()).isEqualTo(1);
    assertThat(sums.path("input_tokens")).isEqualTo(usage.path("prompt_tokens"));
    assertThat(sums.path("output_tokens")).isEqualTo(usage.path("completion_tokens"));
    for (String by : new String[] {"", "&group_by=line_item", "&group_by=model,line_item"}) {
      BigDecimal sum = BigDecimal.ZERO;
      for (JsonNode line : json(get("/v1/costs" + mine + by)).path("data").get(0).path("results")) {
        sum = sum.add(money(line.path("amount").path("value")));
      }
      assertThat(sum).as(by).isEqualByComparingTo(money(usage.path("cost")));
    }
    String theirs = mine.replace("api_key_id=", "api_key_ids=");
    JsonNode completions = json(get("/v1/organization/usage/completions" + theirs));
    JsonNode same = completions.path("data").get(0).path("results").get(0);
    assertThat(same.path("input_tokens")).isEqualTo(usage.path("prompt_tokens"));
    assertThat(get("/v1/organization/costs" + theirs).body())
        .contains("{\"value\":%s,\"currency\"".formatted(usage.path("cost").asString()));
    assertThat(get("/v1/invoices").body()).contains("scope_missing", "invoices:read");
    assertThat(money(json(get("/v1/balance")).path("available"))).isPositive();
    assertThat(json(get("/user/balance")).path("is_available").asBoolean(false)).isTrue();
    assertThat(json(get("/v1/limits")).path("data").size()).isPositive();
  }

  /** What a key reads of a month's invoice is what billing has of it and what the ledger booked. */
  @Test
  void aFinalizedMonthIsOneAmountForTheTenantForBillingAndInTheLedger() throws Exception {
    AdminApi admin = platform.admin();
    String name = "Invoiced " + UUID.randomUUID();
    String organization = made(admin, "organizations", Map.of("name", name));
    String project =
        made(admin, "projects", Map.of("organization_id", organization, "name", "Chat"));
    Map<String, ?> finance =
        Map.of("project_id", project, "name", "finance", "scopes", List.of("invoices:read"));
    String reader = admin.post(BASE + "keys", finance).path("secret").asString();
    String id = finalizedMonth(admin, organization);
    JsonNode own = admin.get(BASE + "invoices/" + id);
    assertThat(get("/v1/invoices/999999999", reader).statusCode()).isEqualTo(404);

    JsonNode listed = json(get("/v1/invoices", reader));
    assertThat(listed.path("data")).hasSize(1);
    JsonNode one = listed.path("data").get(0);
    JsonNode whole = json(get("/v1/invoices/" + id, reader));
    for (String member : List.of("id", "number", "status", "total", "net", "tax", "paid", "due")) {
      assertThat(one.path(member)).as(member).isEqualTo(whole.path(member));
    }
    assertThat(one.has("lines")).isFalse();
    assertThat(whole.path("status").asString()).isEqualTo("finalized");
    assertThat(whole.path("number")).isEqualTo(own.path("number"));
    for (String member : List.of("net", "tax", "total", "paid")) {
      assertThat(money(whole.path(member)))
          .as(member)
          .isEqualByComparingTo(money(own.path(member)))
          .isPositive();
    }
    assertThat(money(whole.path("exact_net")).movePointRight(12))
        .isEqualByComparingTo(money(own.path("net_pico")))
        .isEqualByComparingTo("1234567890123456");
    assertThat(money(whole.path("rounding")))
        .isEqualByComparingTo(money(whole.path("net")).subtract(money(whole.path("exact_net"))))
        .isEqualByComparingTo("0.002109876544");
    assertThat(sum(whole.path("lines"), "amount")).isEqualByComparingTo(money(own.path("total")));
    assertThat(sum(whole.path("taxes"), "amount")).isEqualByComparingTo(money(own.path("tax")));
    assertThat(sum(whole.path("taxes"), "net")).isEqualByComparingTo(money(own.path("net")));
    assertThat(money(whole.path("due")))
        .isEqualByComparingTo(money(own.path("total")).subtract(money(own.path("paid"))))
        .isEqualByComparingTo(
            platform
                .database()
                .sql(
                    """
                    select sum(amount) * 0.000000000001 from billing.posted_entry
                    where account = 'receivable' and tenant_id = ?::bigint\
                    """)
                .param(organization)
                .query(BigDecimal.class)
                .single());
  }

  /**
   * A month of 1,234.567890123456 USD and a tax, of which 5 are paid. The clock is the database's,
   * so its minimum is promised for this month and then put into the last one, and the open invoice
   * with it; all that follows is billing's own.
   */
  private String finalizedMonth(AdminApi admin, String organization) {
    YearMonth month = YearMonth.now(ZoneOffset.UTC);
    admin.post(
        BASE + "invoices/profiles/" + organization,
        order(Map.of("name", "Invoiced Ltd", "address", "1 Main Street", "country", "KR")));
    admin.post(
        BASE + "invoices/tax-rules",
        order(
            Map.of(
                "organization_id", organization,
                "code", "VAT",
                "label", "VAT 10 %",
                "rate_ppm", 100_000,
                "from", "2020-01-01")));
    admin.post(
        BASE + "adjustments/commitments",
        order(
            Map.of(
                "organization_id",
                organization,
                "from",
                month.toString(),
                "until",
                month.plusMonths(1).toString(),
                "minimum_pico",
                "1234567890123456")));
    String last = "tstzrange(:first::timestamptz, :end::timestamptz)";
    String id =
        platform
            .database()
            .sql(
                """
                with moved as (
                  update billing.commitment set period = %1$s
                  where tenant_id = :organization::bigint)
                insert into billing.invoice (tenant_id, kind, status, period, currency, built_at)
                values (:organization::bigint, 'INVOICE', 'open', %1$s, 'USD', now())
                returning invoice_id::text
                """
                    .formatted(last))
            .param("first", month.minusMonths(1) + "-01T00:00:00Z")
            .param("end", month + "-01T00:00:00Z")
            .param("organization", organization)
            .query(String.class)
            .single();
    String path = BASE + "invoices/" + id;
    for (String blocker : List.of("GRACE", "STREAM", "HELD", "RECONCILIATION", "LAW")) {
      admin.post(path + "/waivers", order(Map.of("blocker", blocker, "reason", "of a test")));
    }
    admin.post(path + "/finalize", order(Map.of()));
    admin.post(
        BASE + "organizations/" + organization + "/credit/payments",
        order(Map.of("amount", "5000000000000")));
    return id;
  }

  private static String made(AdminApi admin, String what, Map<String, ?> body) {
    return admin.post(BASE + what, body).path("id").asString();
  }

  private static Map<String, Object> order(Map<String, ?> members) {
    var order = new HashMap<String, Object>(members);
    order.put("command_id", UUID.randomUUID().toString());
    return order;
  }

  private static BigDecimal sum(JsonNode all, String member) {
    BigDecimal sum = BigDecimal.ZERO;
    for (JsonNode one : all) {
      sum = sum.add(money(one.path(member)));
    }
    return sum;
  }

  private static UUID id(HttpResponse<String> answer) {
    return UUID.fromString(answer.headers().firstValue("x-request-id").orElseThrow());
  }

  private static BigDecimal money(JsonNode text) {
    return new BigDecimal(text.asString());
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  private HttpResponse<String> get(String path, String with)
      throws IOException, InterruptedException {
    return send(request(path, with));
  }

  private HttpRequest.Builder request(String path) {
    return request(path, key);
  }

  private HttpRequest.Builder request(String path, String with) {
    return HttpRequest.newBuilder(URI.create(platform.url() + path))
        .timeout(Platform.LIMIT)
        .header("Authorization", "Bearer " + with);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
