package io.r1platform.inference;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * llama.cpp's own server. It is asked by its plainest interface, {@code /completion}, with the ids
 * of the prompt: no template, no parser of chat answers, and the cheapest greedy sampler. So it has
 * less to do than ours.
 */
final class LlamaServer implements MeasuredServer {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path DIRECTORY =
      Path.of("../native/target/cmake/source/bin").toAbsolutePath().normalize();

  private final HttpClient http;
  private final URI address;
  private final Process process;
  private final Map<String, JsonNode> prompts = new ConcurrentHashMap<>();

  private LlamaServer(HttpClient http, URI address, Process process) {
    this.http = http;
    this.address = address;
    this.process = process;
  }

  static LlamaServer start(HttpClient http, HttpBench.Load load, int threads) throws IOException {
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
            "--no-ui",
            "--offline",
            "--log-disable");
    Process process =
        Programs.serve("llama-server", DIRECTORY, command, http, address.resolve("/health"));
    return new LlamaServer(http, address, process);
  }

  @Override
  public HttpRequest request(String question, int maxTokens) throws Exception {
    Map<String, Object> body =
        Map.of(
            "prompt",
            prompt(question),
            "n_predict",
            maxTokens,
            "stream",
            true,
            "temperature",
            0,
            "samplers",
            List.of("top_k"),
            "top_k",
            1,
            "cache_prompt",
            false);
    return post("/completion", body);
  }

  /** The ids of R1's template around the question, by the server's own tokenizer; asked once. */
  private JsonNode prompt(String question) throws IOException, InterruptedException {
    JsonNode known = prompts.get(question);
    if (known != null) {
      return known;
    }
    String text = "<｜begin▁of▁sentence｜><｜User｜>" + question + "<｜Assistant｜><think>\n";
    HttpRequest request =
        post("/tokenize", Map.of("content", text, "add_special", false, "parse_special", true));
    JsonNode ids =
        JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body())
            .path("tokens");
    prompts.put(question, ids);
    return ids;
  }

  private HttpRequest post(String path, Map<String, Object> body) {
    return HttpRequest.newBuilder(address.resolve(path))
        .header("Content-Type", "application/json")
        .header("Connection", "close")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
        .build();
  }

  @Override
  public boolean bringsText(String data) {
    return !data.contains("\"content\":\"\"");
  }

  @Override
  public Counted counted(JsonNode last) {
    return new Counted(
        last.path("tokens_evaluated").asInt(), last.path("tokens_predicted").asInt(), 0);
  }

  @Override
  public void close() {
    Programs.end(process);
  }
}
