package io.r1platform.api.upstreams;

import io.r1platform.api.upstreams.ProbeReport.Finding;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a server of others whether it is fit: whether it has the models, and whether it counts as it
 * must, with running usage in every event that has text and the whole usage at the end. Follows no
 * redirect, reads little, waits a bounded time. Blocks.
 */
@Component
final class Probe {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MAX_TOKENS = 32;
  private static final int SALT_LENGTH = 43;
  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final UpstreamSettings settings;
  private final JsonMapper json;

  /**
   * What there is to be asked, with the key if one is stored.
   *
   * @param cacheSalt whether it must take {@code cache_salt}
   */
  record Target(URI url, @Nullable String key, @Nullable String trusted, boolean cacheSalt) {}

  private record Model(String id, @Nullable Integer contextLength) {}

  Probe(UpstreamSettings settings, JsonMapper json) {
    this.settings = settings;
    this.json = json;
  }

  /** Everything about all models; with the sizes of contexts that the server told. */
  ProbeReport run(UpstreamTerms terms, @Nullable String key) {
    var target = new Target(terms.url(), key, terms.trusted(), terms.cacheSalt());
    var findings = new ArrayList<Finding>();
    var found = new ArrayList<UpstreamTerms.ModelTerms>();
    try {
      within(
          target,
          settings.probeWait(),
          http -> {
            List<Model> models = models(http, target, settings.probeWait());
            findings.add(new Finding("models", null, true, models.size() + " models"));
            for (UpstreamTerms.ModelTerms wanted : terms.models()) {
              probe(http, target, wanted, models, findings, found);
            }
          });
    } catch (IOException | JacksonException e) {
      findings.add(new Finding("models", null, false, reason(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      findings.add(new Finding("models", null, false, "interrupted"));
    }
    return new ProbeReport(findings, found);
  }

  /** Whether it answers {@code GET /v1/models}; fails with why not. */
  void answers(Target target, Duration wait) throws IOException, InterruptedException {
    within(target, wait, http -> models(http, target, wait));
  }

  /** Ends all connections when the time is over: a timeout of the JDK ends with the head. */
  private static void within(Target target, Duration wait, Asking asking)
      throws IOException, InterruptedException {
    HttpClient http = client(target, wait);
    var late =
        CompletableFuture.runAsync(
            http::shutdownNow,
            CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS));
    try (http) {
      asking.ask(http);
    } finally {
      late.cancel(false);
    }
  }

  private interface Asking {
    void ask(HttpClient http) throws IOException, InterruptedException;
  }

  /** What is wrong, without addresses or content. */
  static String reason(Exception failure) {
    return failure instanceof Unfit
        ? String.valueOf(failure.getMessage())
        : failure.getClass().getSimpleName();
  }

  private static final class Unfit extends IOException {
    Unfit(String message) {
      super(message);
    }
  }

  private List<Model> models(HttpClient http, Target target, Duration wait)
      throws IOException, InterruptedException {
    requireAllowed(target.url);
    HttpRequest request = request(target, "/v1/models", wait).GET().build();
    HttpResponse<byte[]> response =
        http.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    if (response.statusCode() != 200) {
      throw new Unfit("GET /v1/models answered " + response.statusCode());
    }
    var models = new ArrayList<Model>();
    for (JsonNode model : json.readTree(response.body()).path("data")) {
      int context = model.path("max_model_len").asInt(model.path("context_length").asInt(0));
      models.add(new Model(model.path("id").asString(""), context > 0 ? context : null));
    }
    return models;
  }

  private void probe(
      HttpClient http,
      Target target,
      UpstreamTerms.ModelTerms wanted,
      List<Model> models,
      List<Finding> findings,
      List<UpstreamTerms.ModelTerms> found)
      throws InterruptedException {
    String name = wanted.name();
    Model model = models.stream().filter(each -> each.id.equals(name)).findFirst().orElse(null);
    if (model == null) {
      findings.add(new Finding("model", name, false, "the server does not list it"));
      return;
    }
    Integer context = wanted.contextLength() == null ? model.contextLength : wanted.contextLength();
    if (context == null) {
      findings.add(
          new Finding("context_length", name, false, "the server does not tell it: set it"));
      return;
    }
    Integer output = wanted.maxOutputTokens() == null ? context : wanted.maxOutputTokens();
    try {
      complete(http, target, wanted, findings);
      found.add(
          new UpstreamTerms.ModelTerms(
              wanted.modelId(), name, wanted.priority(), context, output, wanted.reasoning()));
    } catch (IOException | JacksonException e) {
      findings.add(new Finding("completion", name, false, reason(e)));
    }
  }

  /** A tiny streamed completion, with the usage judged as in the relay. */
  private void complete(
      HttpClient http, Target target, UpstreamTerms.ModelTerms wanted, List<Finding> findings)
      throws IOException, InterruptedException {
    byte[] body = body(wanted.name(), target.cacheSalt);
    HttpRequest request =
        request(target, "/v1/chat/completions", settings.probeWait())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<InputStream> response =
        http.send(request, BodyHandlers.limiting(BodyHandlers.ofInputStream(), MOST_BYTES));
    try (InputStream in = response.body()) {
      if (response.statusCode() != 200) {
        throw new Unfit("a completion answered " + response.statusCode());
      }
      var figures = new UsageFigures(new UsageFigures.Bounds(body.length, MAX_TOKENS, 1));
      boolean done = read(in, figures);
      figures.end(done);
      judge(wanted, figures, done, findings);
    }
  }

  private byte[] body(String model, boolean salted) {
    Map<String, Object> body = new HashMap<>();
    body.put("model", model);
    body.put("messages", List.of(Map.of("role", "user", "content", "Say OK.")));
    body.put("max_tokens", MAX_TOKENS);
    body.put("stream", true);
    body.put("stream_options", Map.of("include_usage", true, "continuous_usage_stats", true));
    if (salted) {
      body.put("cache_salt", "0".repeat(SALT_LENGTH));
    }
    return json.writeValueAsBytes(body);
  }

  private static void judge(
      UpstreamTerms.ModelTerms wanted, UsageFigures figures, boolean done, List<Finding> findings) {
    String name = wanted.name();
    findings.add(
        new Finding("completion", name, done, done ? "streamed to [DONE]" : "no [DONE] came"));
    Doubt doubt = figures.doubt();
    boolean running = doubt != Doubt.RUNNING_MISSING && doubt != Doubt.MISSING;
    findings.add(
        new Finding(
            "running_usage",
            name,
            running,
            running
                ? "in every event with text"
                : "no usage in events with text: it must honour"
                    + " stream_options.continuous_usage_stats"));
    boolean whole = figures.isFinal();
    findings.add(
        new Finding(
            "final_usage",
            name,
            whole,
            whole
                ? "%d output tokens".formatted(figures.output())
                : "no last event with usage and without choices: it must honour"
                    + " stream_options.include_usage"));
    String told = doubt == null ? "" : doubt.wire();
    boolean wrong = doubt != null && (doubt.isWrong() || doubt == Doubt.ZERO_WITH_TEXT);
    findings.add(new Finding("usage", name, !wrong, wrong ? told : "its figures can be true"));
    boolean text = figures.output() > 0;
    findings.add(new Finding("text", name, text, text ? "generated" : "nothing was generated"));
    if (wanted.reasoning()) {
      boolean apart = figures.reasoning() > 0;
      findings.add(
          new Finding(
              "reasoning",
              name,
              apart,
              apart
                  ? "apart from the answer"
                  : "no reasoning_content: start the server with its reasoning parser"));
    }
  }

  private boolean read(InputStream in, UsageFigures figures) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String data = line.startsWith("data:") ? line.substring("data:".length()).strip() : "";
      if (data.equals("[DONE]")) {
        return true;
      }
      if (!data.isEmpty()) {
        take(json.readTree(data), figures);
      }
    }
    return false;
  }

  private static void take(JsonNode chunk, UsageFigures figures) throws Unfit {
    if (chunk.hasNonNull("error")) {
      throw new Unfit("the stream told an error");
    }
    JsonNode usage = chunk.get("usage");
    JsonNode choices = chunk.path("choices");
    if (choices.isEmpty() && usage != null && usage.isObject()) {
      figures.last(usage);
    }
    for (JsonNode choice : choices) {
      JsonNode delta = choice.path("delta");
      String reasoning =
          delta.path("reasoning_content").asString("") + delta.path("reasoning").asString("");
      String text = delta.path("content").asString("");
      UsageFigures.Part part =
          !text.isEmpty()
              ? UsageFigures.Part.ANSWER
              : reasoning.isEmpty() ? UsageFigures.Part.NONE : UsageFigures.Part.REASONING;
      int size = (reasoning + text).getBytes(StandardCharsets.UTF_8).length;
      figures.event(choice.path("index").asInt(0), part, size, usage);
    }
  }

  private static HttpRequest.Builder request(Target target, String path, Duration wait) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target.url + path))
            .timeout(wait)
            .header("Accept", "application/json, text/event-stream");
    return target.key == null ? request : request.header("Authorization", "Bearer " + target.key);
  }

  private static HttpClient client(Target target, Duration connect) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connect.compareTo(CONNECT) < 0 ? connect : CONNECT);
    if (target.trusted != null) {
      builder.sslContext(trusting(target.trusted));
    }
    return builder.build();
  }

  private static SSLContext trusting(String pem) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int n = 0;
      var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
        store.setCertificateEntry(Integer.toString(n++), certificate);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("its certificates cannot be used", e);
    }
  }

  private static void requireAllowed(URI url) throws Unfit {
    try {
      if (!Arrays.stream(InetAddress.getAllByName(url.getHost()))
          .allMatch(UpstreamAddresses::may)) {
        throw new Unfit("its address is no server's");
      }
    } catch (UnknownHostException e) {
      throw new Unfit("its host has no address");
    }
  }
}
