package io.r1platform.standalone.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.r1platform.standalone.models.ModelRegistry.Served;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Against a service that has models in any state, and loads in no time. */
class EngineModelsTests {
  private final Map<String, String> states = Collections.synchronizedMap(new TreeMap<>());
  private final List<String> progress = new ArrayList<>();
  private HttpServer server;
  private EngineModels engine;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/models", this::answer);
    server.start();
    engine = new EngineModels("http://127.0.0.1:" + server.getAddress().getPort(), "token");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void loadsWhatIsNewAndThenUnloadsTheOthers() {
    states.put("old", "ready");
    states.put("kept", "ready");

    assertThat(exchange("new", "kept")).isEmpty();
    assertThat(progress).containsExactly("loaded new", "unloading old: what it runs may end");
    assertThat(states).containsOnlyKeys("new", "kept");
  }

  @Test
  void loadsAnewWhatHadFailed() {
    states.put("old", "ready");
    states.put("broken", "failed");

    assertThat(exchange("broken")).isEmpty();
    assertThat(states).containsExactlyEntriesOf(Map.of("broken", "ready"));
  }

  @Test
  void unloadsNothingWhileOneIsOnItsWayInOrOut() {
    for (String state : List.of("loading", "unloading")) {
      states.put("old", "ready");
      states.put("slow", state);

      assertThat(exchange("slow", "new")).containsExactly("slow: The name 'slow' is taken.");
      assertThat(states).containsEntry("old", "ready").containsEntry("slow", state);
    }
  }

  private List<String> exchange(String... names) {
    List<Served> wanted =
        List.of(names).stream()
            .map(name -> new Served(name, 1_001, Path.of(name + ".gguf"), 0, false))
            .toList();
    return engine.exchange(wanted, progress::add);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String name = exchange.getRequestURI().getPath().replaceFirst("/v1/models/?", "");
    switch (exchange.getRequestMethod()) {
      case "POST" -> {
        String wanted =
            JsonMapper.shared().readTree(exchange.getRequestBody()).path("name").asString();
        boolean free = states.putIfAbsent(wanted, "ready") == null;
        send(
            exchange,
            free ? 202 : 409,
            free ? "" : "{\"error\":{\"message\":\"The name '%s' is taken.\"}}".formatted(wanted));
      }
      case "DELETE" -> send(exchange, states.remove(name) == null ? 404 : 202, "");
      default -> {
        String state = states.getOrDefault(name, "gone");
        send(exchange, 200, name.isEmpty() ? list() : one(name, state));
      }
    }
  }

  private String list() {
    var ready = new ArrayList<String>();
    var others = new ArrayList<String>();
    states.forEach((name, state) -> (state.equals("ready") ? ready : others).add(one(name, state)));
    return "{\"data\":%s,\"not_ready\":%s}".formatted(ready, others);
  }

  private static String one(String name, String state) {
    return state.equals("ready")
        ? "{\"id\":\"%s\",\"model_id\":1001}".formatted(name)
        : "{\"id\":\"%s\",\"model_id\":1001,\"state\":\"%s\"}".formatted(name, state);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
