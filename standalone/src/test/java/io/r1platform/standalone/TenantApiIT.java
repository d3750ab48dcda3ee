package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a tenant plans, pays and reads, with the real engine, gateway and ledger. */
@ExtendWith(PlatformExtension.class)
class TenantApiIT {
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

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(platform.url() + path))
        .timeout(Platform.LIMIT)
        .header("Authorization", "Bearer " + key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
