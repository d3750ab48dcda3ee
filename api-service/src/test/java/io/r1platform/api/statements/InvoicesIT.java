package io.r1platform.api.statements;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.console.FakeReports;
import io.r1platform.api.keys.IssuedKey;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.TestRights;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Invoices of an organization, as billing says them and as its keys read them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvoicesIT {
  private static final String INVOICE =
      """
      {"invoice":{"invoice_id":"17","organization_id":"1","kind":"CREDIT_NOTE","status":"void",
       "number":"R1-CN-2026-000001","month":"2026-11","period_start":"2026-11-01T00:00:00Z",
       "period_end":"2026-12-01T00:00:00Z","currency":"USD","built_at":"2026-12-02T00:00:00Z",
       "issued_at":"2026-12-02T00:00:00Z","due_on":"2027-01-01","terms":"Net 30",
       "issuer":{"name":"R1","address":["1 Main Street"],"tax_number":null,
        "payment_details":["Bank 1"]},
       "customer":{"name":"Acme","address":["2 Main Street"],"country":"KR","tax_number":null,
       "email":"hidden@acme.example","language":"en","paper":"A4"},
       "reference":{"invoice_id":"16","number":"R1-2026-000001"},"net":"-12.30","tax":"0.00",
       "total":"-12.30","paid":"0.00","net_pico":"-12299999999999","rounding_pico":"-1",
       "usage_root":null,"checkpoint_size":"40",
       "lines":[{"line_no":1,"kind":"USAGE","month":"2026-11","project_id":"8",
         "project_name":"Chat",
       "model":"deepseek-r1","sku":"deepseek-r1-output","version_id":"4","price_version":"9f86",
       "window":0,"quantity":"9007199254740993","unit_pico":"2190000","unit_price":"2.19",
       "note":null,"reference_line":null,"amount_pico":"-1","amount":"0.00","tax_code":"VAT",
       "tax_ppm":100000}],
       "taxes":[{"code":"VAT","label":"VAT 10 %","rate_ppm":100000,"net":"1.00",
       "amount":"0.10"}],
       "voided":{"at":"2026-12-03T00:00:00Z","by":"hidden@operator.example","reason":"twice"},
       "blockers":[{"code":"HELD","what":"hidden","waivable":true,"waiver":null}]},
       "credited":"0.00","due":"0.00","bundle":true}
      """;

  private final FakeReports billing = new FakeReports();
  private RunningApi api;
  private long organization;
  private IssuedKey own;

  @BeforeAll
  void start() {
    api = RunningApi.start(TestDatabase.create(), Map.of("r1.api.billing.url", billing.url()));
    Tenants tenants = api.bean(Tenants.class);
    organization = tenants.createOrganization("Acme", 1).id();
    long project = tenants.createProject(organization, "Chat").id();
    own = api.bean(Keys.class).issue(project, TestRights.everything("own"));
    Await.until("keys", () -> api.get("/v1/models", own.secret()).statusCode() == 200);
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

  private String invoices() {
    return "/internal/v1/organizations/%d/invoices".formatted(organization);
  }

  @Test
  void anInvoiceHasItsLinesAndNothingOfTheOperators() {
    billing.say(invoices() + "/17", 200, INVOICE);
    HttpResponse<String> answer = api.get("/v1/invoices/17", own.secret());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain("hidden", "built_at", "blockers", "\"by\"");
    JsonNode invoice = JsonMapper.shared().readTree(answer.body());
    assertThat(invoice.path("object").asString()).isEqualTo("invoice");
    assertThat(invoice.path("id").asString()).isEqualTo("17");
    assertThat(invoice.path("kind").asString()).isEqualTo("credit_note");
    assertThat(invoice.path("total").asString()).isEqualTo("-12.3");
    assertThat(invoice.path("exact_net").asString()).isEqualTo("-12.299999999999");
    assertThat(invoice.path("rounding").asString()).isEqualTo("-0.000000000001");
    assertThat(invoice.path("due").asString()).isEqualTo("0");
    assertThat(invoice.at("/issuer/payment_details/0").asString()).isEqualTo("Bank 1");
    assertThat(invoice.at("/reference/id").asString()).isEqualTo("16");
    assertThat(invoice.at("/voided/reason").asString()).isEqualTo("twice");
    assertThat(invoice.path("bundle").asBoolean(false)).isTrue();
    assertThat(answer.body())
        .contains(
            "\"lines\":[{\"line_no\":1,\"kind\":\"usage\",\"month\":\"2026-11\","
                + "\"project_id\":\"8\",\"project_name\":\"Chat\",\"model\":\"deepseek-r1\","
                + "\"sku\":\"deepseek-r1-output\",\"price_version\":\"pv_4\","
                + "\"price_sha256\":\"9f86\",\"window\":0,\"quantity\":9007199254740993,"
                + "\"unit_price\":\"2.19\",\"note\":null,\"reference_line\":null,"
                + "\"exact_amount\":\"-0.000000000001\",\"amount\":\"0\","
                + "\"tax_code\":\"VAT\",\"tax_ppm\":100000}]");
  }

  @Test
  void anInvoicesDocumentIsSentOnceAndThenKnownByItsTag() {
    billing.answer(
        invoices() + "/17/pdf",
        exchange -> {
          exchange.getResponseHeaders().set("x-r1-sha256", "ab12");
          FakeReports.send(exchange, 200, "%PDF-1.7");
        });
    String path = "/v1/invoices/17/pdf?language=ko&paper=LETTER";
    HttpResponse<String> first = api.get(path, own.secret());
    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    assertThat(first.body()).isEqualTo("%PDF-1.7");
    assertThat(first.headers().firstValue("content-type")).contains("application/pdf");
    assertThat(first.headers().firstValue("content-disposition").orElseThrow())
        .contains("invoice-17.pdf");
    assertThat(first.headers().firstValue("etag")).contains("\"ab12\"");
    HttpResponse<String> again =
        api.send(
            HttpRequest.newBuilder(api.uri(path))
                .header("Authorization", "Bearer " + own.secret())
                .header("If-None-Match", "\"ab12\""));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(billing.asked())
        .containsExactly(
            invoices() + "/17/pdf?language=ko&paper=LETTER",
            invoices() + "/17/pdf?language=ko&paper=LETTER");
    billing.forget();
    HttpResponse<String> draft = api.get("/v1/invoices/18/pdf", own.secret());
    assertThat(draft.statusCode()).isEqualTo(404);
    assertThat(draft.body()).contains("This invoice");
    billing.say(invoices() + "/19/pdf", 429, "{\"code\":\"too_many_questions_of_one\"}");
    assertThat(api.get("/v1/invoices/19/pdf", own.secret()).statusCode()).isEqualTo(429);
    billing.forget();
    for (String wrong : List.of("language=fr", "paper=A5", "paper=A4%26x%3D2")) {
      assertThat(api.get("/v1/invoices/17/pdf?" + wrong, own.secret()).statusCode())
          .as(wrong)
          .isEqualTo(422);
    }
    assertThat(api.get("/v1/invoices/0/pdf", own.secret()).statusCode()).isEqualTo(404);
    assertThat(billing.asked()).isEmpty();
  }

  @Test
  void invoicesAreListedPageByPage() {
    billing.say(invoices(), 200, "{\"invoices\":[" + INVOICE + "],\"next\":\"17\"}");
    JsonNode page = json("/v1/invoices?limit=1&after=18");
    assertThat(billing.asked()).containsExactly(invoices() + "?limit=1&after=18");
    assertThat(page.path("has_more").asBoolean(false)).isTrue();
    assertThat(page.path("last_id").asString()).isEqualTo("17");
    assertThat(page.at("/data/0/number").asString()).isEqualTo("R1-CN-2026-000001");
    assertThat(page.at("/data/0").has("lines")).isFalse();
    assertThat(page.toString()).doesNotContain("hidden");
    billing.forget();
    for (String query : List.of("limit=0", "limit=101", "limit=x", "after=x", "after=1%26x=2")) {
      assertThat(api.get("/v1/invoices?" + query, own.secret()).statusCode())
          .as(query)
          .isEqualTo(422);
    }
    for (String id : List.of("0", "x", "17%2f..%2f18", "1234567890123456789")) {
      assertThat(api.get("/v1/invoices/" + id, own.secret()).statusCode()).as(id).isIn(400, 404);
    }
    assertThat(billing.asked()).isEmpty();
  }

  /** Whatever a caller sends, its key decides whose invoices it sees. */
  @Test
  void nobodyAsksForAnothersInvoices() {
    billing.say(invoices(), 200, "{\"invoices\":[" + INVOICE + "],\"next\":null}");
    billing.say(invoices() + "/17", 200, INVOICE);
    Tenants tenants = api.bean(Tenants.class);
    long other = tenants.createOrganization("Without invoices", 1).id();
    String key =
        api.bean(Keys.class)
            .issue(tenants.createProject(other, "P").id(), TestRights.everything("x"))
            .secret();
    Await.until("the key", () -> api.get("/v1/models", key).statusCode() == 200);
    String whose = "?organization=%1$d&organization_id=%1$d".formatted(organization);
    assertThat(api.get("/v1/invoices" + whose, key).statusCode()).isEqualTo(503);
    assertThat(api.get("/v1/invoices/17" + whose, key).statusCode()).isEqualTo(404);
    assertThat(billing.asked())
        .containsExactly(
            invoices().replace("/" + organization + "/", "/" + other + "/") + "?limit=20",
            invoices().replace("/" + organization + "/", "/" + other + "/") + "/17");
  }

  private JsonNode json(String path) {
    HttpResponse<String> answer = api.get(path, own.secret());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }
}
