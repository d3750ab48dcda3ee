package io.r1platform.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no client library would send has an error of ours too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnreadableRequestsIT {
  private RunningApi api;

  @BeforeAll
  void start() {
    api = RunningApi.start(TestDatabase.create(), Map.of());
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v1/models/%zz,400,unsupported_value",
    "GET,/v1/models/|{}^,401,invalid_api_key",
    "GET,/v1/models/a;b,400,unsupported_value",
    "GET,/v1/models/..%2fadmin,400,unsupported_value",
    "GET,/v1//models,400,unsupported_value",
    "TRACE,/v1/models,405,method_not_allowed",
    "FROB,/v1/models,405,method_not_allowed"
  })
  void hasAnErrorOfOurs(String method, String path, int status, String code) throws IOException {
    assertRefused(method + " " + path + " HTTP/1.1\r\nHost: x\r\n", status, code);
  }

  @Test
  void aHostThatIsNoneIsNobodys() throws IOException {
    assertRefused("GET /v1/models HTTP/1.1\r\nHost: \u00e9 \u00ff\r\n", 401, "invalid_api_key");
  }

  @Test
  void whatIsTooLongOrNoHttpIsRefusedBeforeTheServer() throws IOException {
    String line = "GET /v1/models/" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n";
    assertRefused(line, 413, "request_too_large");
    String header = "GET /v1/models HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(9_000) + "\r\n";
    assertRefused(header, 413, "request_too_large");
    assertRefused("GET /v1/models HTTP/1.1\r\nno header\r\n", 400, "invalid_type");
  }

  private void assertRefused(String head, int status, String code) throws IOException {
    URI at = api.uri("");
    try (var socket = new Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 " + status + " ")
          .containsIgnoringCase("content-type: application/json")
          .containsPattern("(?i)x-request-id: [0-9a-f-]{36}")
          .containsIgnoringCase("x-should-retry: false")
          .contains("\"code\":\"" + code + "\"", "\"charged\":\"0\"");
    }
  }
}
