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
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Usage and costs of two projects in both shapes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UsageIT {
  private static final long DAY = 86_400;
  private static final long TODAY = RunningApi.START.getEpochSecond() / DAY * DAY;

  private final FakeReports billing = new FakeReports();
  private RunningApi api;
  private long organization;
  private long project;
  private IssuedKey own;

  @BeforeAll
  void start() {
    api = RunningApi.start(TestDatabase.create(), Map.of("r1.api.billing.url", billing.url()));
    Tenants tenants = api.bean(Tenants.class);
    organization = tenants.createOrganization("Acme", 1).id();
    tenants.createProject(organization, "First");
    project = tenants.createProject(organization, "Chat").id();
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
    billing.say(
        path("usage"),
        200,
        """
        {"as_of":"2026-11-22T09:59:58Z","rows":[{"start":%d,"by":{"model":"r1-nano"},
         "tokens":{"input":9007199254740993,"cached":2,"output":3,"reasoning":1,"requests":4,
         "cancelled":1}}]}
        """
            .formatted(TODAY));
    billing.say(
        path("costs"),
        200,
        """
        {"as_of":"2026-11-22T09:59:58Z","rows":[{"start":%d,"by":{"line_item":"MISS"},
         "cost":{"pico":"12340000000000000001","currency":"USD"}}]}
        """
            .formatted(TODAY));
  }

  private String path(String report) {
    return "/internal/v1/organizations/%d/projects/%d/%s".formatted(organization, project, report);
  }

  @Test
  void usageIsAPageOfWholeBuckets() {
    JsonNode page = json("/v1/usage?start_time=" + (TODAY - DAY + 5) + "&group_by=model");
    assertThat(page.path("object").asString()).isEqualTo("page");
    assertThat(page.path("as_of").asString()).isEqualTo("2026-11-22T09:59:58Z");
    assertThat(page.path("has_more").asBoolean(true)).isFalse();
    assertThat(page.path("next_page").isNull()).isTrue();
    assertThat(page.path("data").size()).isEqualTo(2);
    assertThat(page.path("data").get(0).path("start_time").asLong()).isEqualTo(TODAY - DAY);
    assertThat(page.path("data").get(0).path("results").size()).isZero();
    JsonNode result = page.path("data").get(1).path("results").get(0);
    assertThat(result.path("input_tokens").asLong()).isEqualTo(9_007_199_254_740_993L);
    assertThat(result.path("num_cancelled").asInt()).isEqualTo(1);
    assertThat(result.path("model").asString()).isEqualTo("r1-nano");
    assertThat(result.path("api_key_id").isNull()).isTrue();
    assertThat(billing.asked().getLast())
        .isEqualTo(
            path("usage")
                + "?from=%d&to=%d&width=1d&group_by=model".formatted(TODAY - DAY, TODAY + DAY));
  }

  @Test
  void anEndUserIsAGroupAndAFilterWhateverItsCharacters() {
    JsonNode page =
        json("/v1/usage?start_time=" + TODAY + "&group_by=end_user&end_user=a%26to%3D1%20%C3%BC");
    JsonNode result = page.path("data").get(0).path("results").get(0);
    assertThat(result.path("end_user").isNull()).isTrue();
    assertThat(billing.asked().getLast()).endsWith("&group_by=end_user&end_user=a%26to%3D1+%C3%BC");
  }

  @Test
  void costsAreDecimalStrings() {
    JsonNode page = json("/v1/costs?start_time=" + TODAY + "&group_by%5B%5D=line_item");
    JsonNode result = page.path("data").get(0).path("results").get(0);
    assertThat(result.path("amount").path("value").asString()).isEqualTo("12340000.000000000001");
    assertThat(result.path("amount").path("currency").asString()).isEqualTo("USD");
    assertThat(result.path("line_item").asString()).isEqualTo("MISS");
  }

  @Test
  void pagesFollowEachOther() {
    long start = TODAY - 9 * DAY;
    String question = "/v1/usage?start_time=%d&end_time=%d&limit=4".formatted(start, TODAY);
    String page = "";
    long next = start;
    int pages = 0;
    do {
      JsonNode answer = json(question + page);
      for (JsonNode bucket : answer.path("data")) {
        assertThat(bucket.path("start_time").asLong()).isEqualTo(next);
        next += DAY;
      }
      pages++;
      page =
          answer.path("has_more").asBoolean() ? "&page=" + answer.path("next_page").asString() : "";
    } while (!page.isEmpty());
    assertThat(next).isEqualTo(TODAY);
    assertThat(pages).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "'',missing_parameter",
    "start_time=yesterday,invalid_type",
    "start_time=10&end_time=10,invalid_value",
    "start_time=10&bucket_width=1w,invalid_value",
    "start_time=10&limit=32,invalid_value",
    "start_time=10&limit=x,invalid_type",
    "start_time=10&group_by=user,unsupported_value",
    "start_time=10&end_user=,invalid_value",
    "start_time=10&end_user=a%00,invalid_value",
    "start_time=10&model=%00,invalid_value",
    "start_time=10&group_by,unsupported_value",
    "start_time=10&api_key_ids=7,unsupported_parameter",
    "start_time=10&organization_id=1,unsupported_parameter",
    "start_time=10&tenant_id=1,unsupported_parameter",
    "start_time=10&api_key_id=7&api_key_id=8,unsupported_value",
    "start_time=10&page=page_5,invalid_value",
    "start_time=10&end_time=86400&page=page_86400,invalid_value",
    "start_time=10&end_time=86400&page=page_864000,invalid_value",
    "start_time=10&page=x,invalid_value",
    "start_time=10&batch=yes,invalid_type",
    "start_time=10&project_ids=1,unsupported_parameter",
    "start_time=10&model[]=1,unsupported_parameter",
    "start_time=10&api_key_id=x,invalid_value"
  })
  void refusesWhatItCannotAnswer(String query, String code) {
    assertRefused("/v1/usage?" + query, code);
  }

  @ParameterizedTest
  @CsvSource({
    "usage/completions?limit=1,missing_parameter",
    "usage/completions?start_time=10&bucket_width=1m,invalid_value",
    "usage/completions?start_time=10&group_by=user_id,unsupported_value",
    "usage/completions?start_time=10&group_by=end_user,unsupported_value",
    "usage/completions?start_time=10&user_ids=7,unsupported_parameter",
    "usage/completions?start_time=10&project_id=7,unsupported_parameter",
    "usage/completions?start_time=10&organization_id=7,unsupported_parameter",
    "usage/completions?start_time=10&models=a&models[]=b,unsupported_value",
    "usage/completions?start_time=10&api_key_ids=7&api_key_ids=8,unsupported_value",
    "usage/completions?start_time=10&api_key_ids=x,invalid_value",
    "usage/completions?start_time=10&page=page_99999964800,invalid_value",
    "costs?start_time=10&end_time=86401&page=page_172800,invalid_value",
    "costs?start_time=10&group_by=service_tier,unsupported_value",
    "costs?start_time=10&bucket_width=1h,invalid_value",
    "costs?start_time=10&limit=181,invalid_value",
    "costs?start_time=10&group_by=model,unsupported_value",
    "costs?start_time=10&batch=true,unsupported_parameter"
  })
  void refusesWhatItCannotAnswerInOpenAisShape(String question, String code) {
    assertRefused("/v1/organization/" + question, code);
  }

  private void assertRefused(String path, String code) {
    HttpResponse<String> refused =
        api.get(path.replace("[", "%5B").replace("]", "%5D"), own.secret());
    assertThat(refused.statusCode()).isBetween(400, 422);
    assertThat(refused.body()).contains("\"code\":\"" + code + "\"");
    assertThat(billing.asked()).isEmpty();
  }

  @Test
  void usageIsInOpenAisShapeToo() {
    String question =
        "/v1/organization/usage/completions?start_time=%d&group_by%%5B%%5D=model"
                .formatted(TODAY - DAY + 5)
            + "&group_by%%5B%%5D=batch&project_ids%%5B%%5D=%d&api_key_ids=%d&models=r1&batch=true"
                .formatted(project, own.key().id());
    HttpResponse<String> answer = api.get(question, own.secret());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body())
        .contains(
            "{\"object\":\"page\",\"data\":[{\"object\":\"bucket\",\"start_time\":%d,"
                    .formatted(TODAY - DAY)
                + "\"end_time\":%d,\"results\":[]},".formatted(TODAY),
            "{\"object\":\"organization.usage.completions.result\","
                + "\"input_tokens\":9007199254740993,\"output_tokens\":3,"
                + "\"input_cached_tokens\":2,\"num_model_requests\":4,\"project_id\":null,"
                + "\"user_id\":null,\"api_key_id\":null,\"model\":\"r1-nano\","
                + "\"batch\":null,\"service_tier\":null}",
            "\"has_more\":false,\"next_page\":null");
    assertThat(billing.asked())
        .containsExactly(
            path("usage")
                + "?from=%d&to=%d&width=1d&group_by=model,batch&api_key_id=%d&model=r1&batch=true"
                    .formatted(TODAY - DAY, TODAY + DAY, own.key().id()));
  }

  /** As the export openai_compat has it; each is told where it is grouped by. */
  @ParameterizedTest
  @CsvSource({
    "batch,true,true,null",
    "batch,false,false,null",
    "service_tier,true,null,\"batch\"",
    "service_tier,false,null,\"default\"",
    "'service_tier,batch',true,true,\"batch\"",
    "'batch,service_tier',false,false,\"default\""
  })
  void theServiceTierTellsBatchesApart(String by, String is, String batch, String tier) {
    billing.say(
        path("usage"),
        200,
        """
        {"as_of":"2026-11-22T09:59:58Z","rows":[{"start":%d,"by":{"batch":"%s"},
         "tokens":{"input":1,"cached":2,"output":3,"reasoning":1,"requests":4,"cancelled":1}}]}
        """
            .formatted(TODAY, is));
    String question = "/v1/organization/usage/completions?start_time=" + TODAY;
    HttpResponse<String> answer = api.get(question + "&group_by=" + by, own.secret());
    assertThat(answer.body()).contains("\"batch\":" + batch + ",\"service_tier\":" + tier + "}");
    assertThat(billing.asked().getLast()).endsWith("&width=1d&group_by=batch");
  }

  /** No double has been near it: 17 digits would not hold these. */
  @ParameterizedTest
  @CsvSource({
    "12340000000000000001,12340000.000000000001",
    "1,0.000000000001",
    "0,0",
    "-2500000000000,-2.5",
    "100000000000000,100",
    "92233720368547758079223372036854775807,92233720368547758079223372.036854775807"
  })
  void costsInOpenAisShapeAreNumbersWithEveryDigit(String pico, String value) {
    billing.say(
        path("costs"),
        200,
        """
        {"as_of":"2026-11-22T09:59:58Z","rows":[{"start":%d,"by":{"line_item":"MISS"},
         "cost":{"pico":"%s","currency":"USD"}}]}
        """
            .formatted(TODAY, pico));
    String question = "/v1/organization/costs?limit=180&group_by=line_item&start_time=";
    HttpResponse<String> answer = api.get(question + (TODAY - 200 * DAY), own.secret());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(billing.asked().getLast())
        .contains("?from=%d&to=%d&".formatted(TODAY - 200 * DAY, TODAY - 20 * DAY));
    JsonNode page = JsonMapper.shared().readTree(answer.body());
    String next = "&page=" + page.path("next_page").asString();
    assertThat(api.get(question + (TODAY - 200 * DAY) + next, own.secret()).body())
        .contains(
            "{\"object\":\"organization.costs.result\",\"amount\":{\"value\":"
                + value
                + ",\"currency\":\"usd\"},\"line_item\":\"MISS\",\"project_id\":null,"
                + "\"api_key_id\":null}",
            "\"has_more\":false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"usage/completions", "costs"})
  void nobodyAsksForAnotherProjectInOpenAisShape(String report) {
    String question = "/v1/organization/%s?start_time=%d".formatted(report, TODAY);
    for (long other : new long[] {project - 1, project + 1}) {
      for (String name : List.of("project_ids", "project_ids%5B%5D")) {
        HttpResponse<String> refused =
            api.get("%s&%s=%d".formatted(question, name, other), own.secret());
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).contains("\"param\":\"project_ids\"");
      }
      assertRefused(
          "%s&project_ids=%d&project_ids[]=%d".formatted(question, project, other),
          "unsupported_value");
    }
    assertThat(billing.asked()).isEmpty();
  }

  /** A key sees its own project: no other one of its organization, none of another. */
  @ParameterizedTest
  @ValueSource(strings = {"usage", "costs"})
  void nobodyAsksForAnotherProject(String report) {
    String query = "?start_time=%d".formatted(TODAY);
    for (long other : new long[] {project - 1, project + 1}) {
      HttpResponse<String> refused =
          api.get("/v1/%s%s&project_id=%d".formatted(report, query, other), own.secret());
      assertThat(refused.statusCode()).isEqualTo(404);
      assertThat(refused.body()).contains("\"param\":\"project_id\"");
    }
    assertThat(billing.asked()).isEmpty();
    json("/v1/%s%s&project_id=%d".formatted(report, query, project));
    assertThat(billing.asked()).hasSize(1).allMatch(asked -> asked.startsWith(path(report) + "?"));

    Tenants tenants = api.bean(Tenants.class);
    long stranger = tenants.createOrganization("Other " + report, 1).id();
    String key =
        api.bean(Keys.class).issue(tenants.createProject(stranger, "P").id(), "x", null).secret();
    HttpResponse<String> foreign =
        api.get("/v1/%s%s&api_key_id=%d".formatted(report, query, own.key().id()), key);
    assertThat(foreign.statusCode()).isEqualTo(503);
    assertThat(billing.asked().getLast()).contains("/organizations/" + stranger + "/projects/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/usage?start_time=10",
        "/v1/costs?start_time=10",
        "/v1/organization/usage/completions?start_time=10",
        "/v1/organization/costs?start_time=10",
        "/v1/invoices"
      })
  void saysLaterWhileBillingIsAwayAndNothingToARevokedKey(String path) {
    billing.forget();
    HttpResponse<String> away = api.get(path, own.secret());
    assertThat(away.statusCode()).isEqualTo(503);
    assertThat(away.body()).contains("\"code\":\"metering_unavailable\"");
    assertThat(away.headers().firstValue("x-should-retry")).contains("true");

    Keys keys = api.bean(Keys.class);
    IssuedKey gone = keys.issue(project, TestRights.everything("gone"));
    assertThat(api.get(path, gone.secret()).statusCode()).isEqualTo(503);
    keys.revoke(gone.key().id(), gone.key().version());
    Await.until(
        "the revocation", () -> api.get(path, gone.secret()).body().contains("key_revoked"));
  }

  /** Billing answers so whoever has half of its places, at whichever gateway. */
  @Test
  void whoAsksTooMuchIsToldAndNotThatBillingIsAway() {
    String receipts =
        "/internal/v1/organizations/%d/projects/%d/receipts".formatted(organization, project);
    String invoices = "/internal/v1/organizations/%d/invoices".formatted(organization);
    String id = "019adc00-0000-7000-8000-000000000001";
    for (String path :
        List.of(path("usage"), path("costs"), invoices, invoices + "/17", receipts + "/" + id)) {
      billing.say(path, 429, "{\"code\":\"too_many_questions_of_one\"}");
    }
    for (String path :
        List.of(
            "/v1/usage?start_time=10",
            "/v1/costs?start_time=10",
            "/v1/organization/usage/completions?start_time=10",
            "/v1/organization/costs?start_time=10",
            "/v1/invoices",
            "/v1/invoices/17",
            "/v1/receipts/" + id)) {
      HttpResponse<String> refused = api.get(path, own.secret());
      assertThat(refused.statusCode()).as(path).isEqualTo(429);
      assertThat(refused.body()).contains("\"code\":\"rate_limit_exceeded\"");
      assertThat(refused.headers().firstValue("retry-after")).contains("1");
      assertThat(refused.headers().firstValue("x-should-retry")).contains("true");
    }
  }

  private JsonNode json(String path) {
    HttpResponse<String> answer = api.get(path, own.secret());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }
}
