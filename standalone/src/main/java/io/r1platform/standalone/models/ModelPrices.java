package io.r1platform.standalone.models;

import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether a model that runs can be asked, as a tenant sees it. */
public final class ModelPrices {
  private static final Duration SEEN = Duration.ofSeconds(60); // gateways look every five
  private static final Duration SOON = Duration.ofSeconds(10);

  private final String url;
  private final String key;

  /** Of the API at that address, with a tenant's key. */
  public ModelPrices(String url, String key) {
    this.url = url;
    this.key = key;
  }

  /**
   * What is missing before tenants can ask a model, with what to do; empty if nothing is. Waits
   * until the gateway has seen it.
   *
   * @param modelId its number
   */
  public Optional<String> missing(String name, int modelId) {
    Optional<JsonNode> listed = listed(name, SEEN);
    return listed.isEmpty()
        ? Optional.of(name + " is not listed by " + url + "/v1/models; ./r1 logs api-service")
        : listed.flatMap(model -> howTo(model, name, modelId));
  }

  /** The same, but for a model that is not seen soon: the operator's own settings serve others. */
  public Optional<String> missingOfWhatIsServed(String name, int modelId) {
    return listed(name, SOON).flatMap(model -> howTo(model, name, modelId));
  }

  private Optional<JsonNode> listed(String name, Duration patience) {
    var seen = new AtomicReference<JsonNode>(JsonMapper.shared().missingNode());
    boolean there =
        Await.until(
            patience,
            () -> {
              seen.set(model(name));
              return seen.get().has("context_length");
            });
    return there ? Optional.of(seen.get()) : Optional.empty();
  }

  private static Optional<String> howTo(JsonNode model, String name, int modelId) {
    return model.has("price") ? Optional.empty() : Optional.of(howTo(name, modelId));
  }

  private static String howTo(String name, int modelId) {
    return """
    %1$s has no price: its requests are refused with 503 metering_unavailable. Missing are its
    prices on the public list: HIT (cached prompt), MISS (prompt), REASONING and ANSWER. Set them,
    in USD for a million tokens of cached prompt, prompt and output, as R1's list price is:
      ./r1 model price %1$s 0.14 0.55 2.19
    or in the console under Prices, in a draft: model %1$s, number %2$d."""
        .formatted(name, modelId);
  }

  private JsonNode model(String name) {
    try (var http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/v1/models/" + name))
              .header("Authorization", "Bearer " + key)
              .timeout(Duration.ofSeconds(10))
              .build();
      return JsonMapper.shared()
          .readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new IllegalStateException("no answer from " + url + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
