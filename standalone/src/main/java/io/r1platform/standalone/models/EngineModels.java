package io.r1platform.standalone.models;

import io.r1platform.standalone.models.ModelRegistry.Served;
import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The models of the inference-service that runs, loaded and unloaded while it serves. */
public final class EngineModels {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOAD_LIMIT = Duration.ofMinutes(30); // hundreds of gigabytes
  private static final String READY = "ready";

  private final String url;
  private final String token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** Of the service at that address. */
  public EngineModels(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Serves these from now on: loads what is not ready, and only when all are, unloads the others.
   * What is just loading or unloading is not loaded again: that is a failure.
   *
   * @param progress is told what is loaded and what is unloaded
   * @return what could not be loaded and why; if there is any, nothing was unloaded
   */
  public List<String> exchange(List<Served> wanted, Consumer<String> progress) {
    Map<String, String> there = states();
    var failures = new ArrayList<String>();
    for (Served model : wanted) {
      String state = there.getOrDefault(model.name(), "");
      if (state.equals(READY)) {
        continue;
      }
      try {
        if (state.equals("failed")) {
          forget(model.name());
        }
        load(model);
        progress.accept("loaded " + model.name());
      } catch (IllegalStateException e) {
        failures.add(model.name() + ": " + e.getMessage());
      }
    }
    if (failures.isEmpty()) {
      for (String name : there.keySet()) {
        if (wanted.stream().noneMatch(model -> model.name().equals(name))) {
          unload(name);
          progress.accept("unloading " + name + ": what it runs may end");
        }
      }
    }
    return failures;
  }

  /** Of all that it has, by name. */
  private Map<String, String> states() {
    JsonNode answer = call("GET", "/v1/models", null);
    Map<String, String> states = new LinkedHashMap<>();
    answer.path("data").forEach(model -> states.put(model.path("id").asString(), READY));
    answer
        .path("not_ready")
        .forEach(model -> states.put(model.path("id").asString(), model.path("state").asString()));
    return states;
  }

  /** Waits until a failed one is gone: until then it has its name. */
  private void forget(String name) {
    unload(name);
    if (!Await.until(PATIENCE, () -> !states().containsKey(name))) {
      throw new IllegalStateException("it failed before and is still there");
    }
  }

  /** Loads one and waits until it is ready; a refusal or failure is an IllegalStateException. */
  private void load(Served model) {
    Map<String, Object> body = new HashMap<>();
    body.put("path", model.path().toString());
    body.put("name", model.name());
    body.put("model_id", model.modelId());
    body.put("context_tokens", model.contextTokens());
    JsonNode unused = call("POST", "/v1/models", body);
    var last = new AtomicReference<JsonNode>();
    boolean ended =
        Await.until(
            LOAD_LIMIT,
            () -> {
              last.set(call("GET", "/v1/models/" + model.name(), null));
              String state = last.get().path("state").asString(READY);
              return !state.equals("loading");
            });
    JsonNode state = last.get();
    if (!ended || !state.path("state").asString(READY).equals(READY)) {
      unload(model.name());
      throw new IllegalStateException(
          model.name() + " was not loaded: " + state.path("failure").asString("not in time"));
    }
  }

  /** Begins to unload one: what it runs may end. */
  private void unload(String name) {
    JsonNode unused = call("DELETE", "/v1/models/" + name, null);
  }

  private JsonNode call(String method, String path, @Nullable Object body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode json = answer.body().isBlank() ? JSON.missingNode() : JSON.readTree(answer.body());
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(json.path("error").path("message").asString(answer.body()));
      }
      return json;
    } catch (IOException | JacksonException e) {
      throw new IllegalStateException(
          "no answer from " + url + ": " + e + "; ./r1 status says what runs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
