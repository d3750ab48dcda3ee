package io.r1platform.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tenant with a plain HTTP client, who can hang up in the middle of a stream. */
final class Chat {
  /** Reads every stream to its end. */
  static final int NEVER = Integer.MAX_VALUE;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String DATA = "data: ";
  private final String url;
  private final String key;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Chat(String url, String key) {
    this.url = url;
    this.key = key;
  }

  /**
   * What came of one stream.
   *
   * @param id of the request; none if there was no chunk
   * @param events how many had {@code data}
   * @param cost as the usage chunk told it
   * @param done whether {@code [DONE]} was seen
   */
  record Answer(@Nullable UUID id, int events, @Nullable BigDecimal cost, boolean done) {
    UUID requestId() {
      if (id == null) {
        throw new IllegalStateException("the stream had no chunk");
      }
      return id;
    }
  }

  /**
   * Asks one question and streams the answer.
   *
   * @param cutAfter hang up after that many events
   * @throws IOException if the connection broke or the answer is not 200
   */
  Answer stream(String question, int cutAfter) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body(question)))
            .build();
    HttpResponse<InputStream> answer =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (var lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      if (answer.statusCode() != 200) {
        throw new IOException(answer.statusCode() + " " + lines.readLine());
      }
      return read(lines, cutAfter);
    }
  }

  private static Answer read(BufferedReader lines, int cutAfter) throws IOException {
    UUID id = null;
    BigDecimal cost = null;
    int events = 0;
    for (String line = lines.readLine();
        line != null && events < cutAfter;
        line = lines.readLine()) {
      if (line.equals(DATA + "[DONE]")) {
        return new Answer(id, events, cost, true);
      }
      if (line.startsWith(DATA)) {
        events++;
        JsonNode chunk = JSON.readTree(line.substring(DATA.length()));
        String completion = chunk.path("id").asString("");
        id = completion.isEmpty() ? id : UUID.fromString(completion.substring(9));
        JsonNode told = chunk.path("usage").path("cost");
        cost = told.isString() ? new BigDecimal(told.asString()) : cost;
      }
    }
    return new Answer(id, events, cost, false);
  }

  private static String body(String question) {
    return JSON.writeValueAsString(
        Map.of(
            "model",
            Platform.MODEL,
            "stream",
            true,
            "stream_options",
            Map.of("include_usage", true),
            "messages",
            List.of(Map.of("role", "user", "content", question))));
  }
}
