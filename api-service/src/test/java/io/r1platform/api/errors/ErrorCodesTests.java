package io.r1platform.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every code as tenants get it: status, type, charge, and whether a client repeats it. */
class ErrorCodesTests {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final ErrorResponses RESPONSES = new ErrorResponses(new ErrorBody(JSON));

  /**
   * As the specification of the tenant API has them; retry is what holds where nothing was charged.
   */
  private static final String TABLE =
      """
      invalid_json            400 invalid_request_error -
      missing_parameter       400 invalid_request_error -
      invalid_type            400 invalid_request_error -
      unsupported_content     400 invalid_request_error -
      unsupported_parameter   400 invalid_request_error -
      unsupported_schema      400 invalid_request_error -
      unsupported_value       400 invalid_request_error -
      context_length_exceeded 400 invalid_request_error -
      invalid_api_key         401 authentication_error  -
      key_expired             401 authentication_error  -
      key_revoked             401 authentication_error  -
      invalid_credentials     401 authentication_error  -
      not_authenticated       401 authentication_error  -
      insufficient_balance    402 billing_error         -
      budget_exceeded         402 billing_error         -
      budget_held             402 billing_error         retry
      forbidden               403 permission_error      -
      scope_missing           403 permission_error      -
      ip_not_allowed          403 permission_error      -
      organization_suspended  403 permission_error      -
      model_not_found         404 invalid_request_error -
      not_found               404 invalid_request_error -
      unknown_dataset         404 invalid_request_error -
      method_not_allowed      405 invalid_request_error -
      request_timeout         408 invalid_request_error retry
      idempotency_conflict    409 invalid_request_error -
      invalid_state           409 invalid_request_error -
      request_cancelled       409 invalid_request_error -
      stale_version           412 invalid_request_error -
      request_too_large       413 invalid_request_error -
      unsupported_media_type  415 invalid_request_error -
      invalid_value           422 invalid_request_error -
      max_cost_too_low        422 invalid_request_error -
      version_required        428 invalid_request_error -
      concurrency_exceeded    429 rate_limit_error      retry
      queue_full              429 rate_limit_error      retry
      rate_limit_exceeded     429 rate_limit_error      retry
      too_many_attempts       429 rate_limit_error      retry
      internal_error          500 server_error          retry
      engine_failed           502 server_error          retry
      billing_unavailable     502 server_error          retry
      auth_unavailable        503 server_error          retry
      engine_overloaded       503 server_error          retry
      engine_unavailable      503 server_error          retry
      metering_unavailable    503 server_error          retry
      server_draining         503 server_error          retry
      queue_timeout           504 server_error          retry
      deadline_exceeded       504 server_error          retry
      """;

  record Row(ErrorCode code, int status, String type, boolean retry) {
    static Row of(String line) {
      String[] cells = line.split(" +", -1);
      return new Row(
          Arrays.stream(ErrorCode.values())
              .filter(code -> code.wire().equals(cells[0]))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no such code: " + cells[0])),
          Integer.parseInt(cells[1]),
          cells[2],
          cells[3].equals("retry"));
    }
  }

  static Stream<Row> rows() {
    return TABLE.lines().map(Row::of);
  }

  @Test
  void theTableHasEveryCodeOnce() {
    assertThat(rows().map(Row::code)).containsExactlyInAnyOrder(ErrorCode.values());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void saysWhatWasChargedAndWhetherToRepeat(Row row) {
    ServiceException error = ServiceException.of(row.code, "What happened.");
    for (String charged : List.of("0", "0.00002111", "pending")) {
      boolean retry = row.retry && charged.equals("0");
      MockServerWebExchange exchange = written("/v1/chat/completions", error.charged(charged));
      var response = exchange.getResponse();
      assertThat(response.getStatusCode()).isEqualTo(HttpStatus.valueOf(row.status));
      assertThat(response.getHeaders().getFirst("x-should-retry")).isEqualTo("" + retry);
      assertThat(response.getHeaders().containsHeader("retry-after")).isEqualTo(retry);
      JsonNode body = JSON.readTree(response.getBodyAsString().block(Duration.ofSeconds(1)));
      assertThat(body.propertyNames()).containsExactly("error");
      assertThat(body.path("error").propertyNames())
          .containsExactly("message", "type", "param", "code", "request_id", "charged");
      assertThat(body.path("error").path("type").asString()).isEqualTo(row.type);
      assertThat(body.path("error").path("code").asString()).isEqualTo(row.code.wire());
      assertThat(body.path("error").path("charged").asString()).isEqualTo(charged);
      assertThat(body.path("error").path("request_id").asString())
          .isEqualTo(response.getHeaders().getFirst("x-request-id"));
    }
  }

  @Test
  void aKnownWaitIsNotReplacedByTheUsualOne() {
    ServiceException later =
        ServiceException.later(ErrorCode.QUEUE_FULL, Duration.ofSeconds(7), "Later.");
    assertThat(written("/v1/x", later).getResponse().getHeaders().getFirst("retry-after"))
        .isEqualTo("7");
    assertThat(
            written("/v1/x", later.charged("1"))
                .getResponse()
                .getHeaders()
                .getFirst("x-should-retry"))
        .isEqualTo("false");
  }

  @Test
  void everyPathOfTenantsHasOpenAisShape() {
    for (String path :
        List.of(
            "/v1/x",
            "/chat/completions",
            "/completions",
            "/models",
            "/models/x",
            "/user/balance")) {
      assertThat(written(path, ServiceException.notFound("It")).getResponse().getHeaders())
          .satisfies(
              headers ->
                  assertThat(String.valueOf(headers.getContentType()))
                      .isEqualTo("application/json"));
    }
    assertThat(Map.of("/admin/api/x", "problem", "/user", "problem"))
        .allSatisfy(
            (path, type) ->
                assertThat(
                        String.valueOf(
                            written(path, ServiceException.notFound("It"))
                                .getResponse()
                                .getHeaders()
                                .getContentType()))
                    .contains(type));
  }

  private static MockServerWebExchange written(String path, ServiceException error) {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(MockServerHttpRequest.post(path).build());
    RequestId.renew(exchange, NOW);
    StepVerifier.create(RESPONSES.write(exchange, error)).verifyComplete();
    return exchange;
  }
}
