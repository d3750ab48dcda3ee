package io.r1platform.inference;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** llama.cpp's own server, asked for the same chat completions as ours. */
final class LlamaServer implements MeasuredServer {
  private static final JsonMapper JSON = new JsonMapper();

  /** R1's, as far as one question needs it; the files of the figure have none. */
  private static final String TEMPLATE =
      """
      {%- for message in messages -%}
      {%- if message['role'] == 'user' -%}
      {{- bos_token + '<｜User｜>' + message['content'] -}}
      {%- endif -%}
      {%- endfor -%}
      {{- '<｜Assistant｜><think>\\n' -}}
      """;

  private static final Path DIRECTORY =
      Path.of("../native/target/cmake/source/bin").toAbsolutePath().normalize();

  private final URI address;
  private final Process process;

  private LlamaServer(URI address, Process process) {
    this.address = address;
    this.process = process;
  }

  static LlamaServer start(HttpClient http, HttpBench.Load load, int threads, Path directory)
      throws IOException {
    Path template = Files.writeString(directory.resolve("r1.jinja"), TEMPLATE);
    int port = Programs.freePort();
    URI address = URI.create("http://127.0.0.1:" + port);
    int slots = load.streams();
    List<String> command =
        List.of(
            DIRECTORY.resolve("llama-server").toString(),
            "--model",
            load.model().toAbsolutePath().toString(),
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--threads",
            Integer.toString(threads),
            "--threads-batch",
            Integer.toString(threads),
            "--parallel",
            Integer.toString(slots),
            "--ctx-size",
            Integer.toString(slots * HttpBench.CONTEXT_TOKENS),
            "--no-kv-unified",
            "--batch-size",
            "512",
            "--ubatch-size",
            "512",
            "--no-cache-prompt",
            "--cache-ram",
            "0",
            "--slot-prompt-similarity",
            "0",
            "--fit",
            "off",
            "--jinja",
            "--chat-template-file",
            template.toString(),
            "--no-ui",
            "--offline",
            "--log-disable");
    Process process =
        Programs.serve("llama-server", DIRECTORY, command, http, address.resolve("/health"));
    return new LlamaServer(address, process);
  }

  /** The cheapest greedy sampler; all else is what our service is asked. */
  @Override
  public HttpRequest request(String question, int maxTokens) {
    return post(
        "/v1/chat/completions",
        Map.of(
            "messages",
            List.of(Map.of("role", "user", "content", question)),
            "max_tokens",
            maxTokens,
            "stream",
            true,
            "stream_options",
            Map.of("include_usage", true),
            "temperature",
            0,
            "samplers",
            List.of("top_k"),
            "top_k",
            1,
            "cache_prompt",
            false));
  }

  private HttpRequest post(String path, Map<String, Object> body) {
    return HttpRequest.newBuilder(address.resolve(path))
        .header("Content-Type", "application/json")
        .header("Connection", "close")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
        .build();
  }

  /** Its first event has the role alone. */
  @Override
  public boolean bringsText(String data) {
    return data.contains("\"reasoning_content\":\"") || data.contains("\"content\":\"");
  }

  @Override
  public Counted counted(JsonNode last) {
    JsonNode usage = last.path("usage");
    return new Counted(
        usage.path("prompt_tokens").asInt(), usage.path("completion_tokens").asInt(), 0);
  }

  @Override
  public void close() {
    Programs.end(process);
  }
}
