package io.r1platform.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hears what projects and API keys are called, and forgets nothing. */
public final class FakeNames implements HttpHandler {
  /** A name as it came. */
  public record Said(String kind, long id, long organization, String name, long seq) {}

  private final JsonMapper json = new JsonMapper();
  private final Supplier<FakeBilling.Illness> illness;
  private final List<Said> all = new ArrayList<>();
  private int most;
  private Runnable meanwhile = () -> {};

  FakeNames(Supplier<FakeBilling.Illness> illness) {
    this.illness = illness;
  }

  /** What was said of this one, in order. */
  public synchronized List<Said> of(String kind, long id) {
    return all.stream().filter(said -> said.kind.equals(kind) && said.id == id).toList();
  }

  /** The most names that one body had. */
  public synchronized int most() {
    return most;
  }

  /** What happens once, after the next names were heard and before anybody is told so. */
  public synchronized void meanwhile(Runnable once) {
    meanwhile = once;
  }

  @Override
  public synchronized void handle(HttpExchange exchange) throws IOException {
    JsonNode names = json.readTree(exchange.getRequestBody()).path("names");
    FakeBilling.Illness now = illness.get();
    int status =
        switch (now) {
          case DOWN -> 503;
          case FORGETS_TO_ANSWER -> 500;
          case NONE, HIDES_PRICES, BABBLES -> 200;
        };
    if (now != FakeBilling.Illness.DOWN) {
      most = Math.max(most, names.size());
      names.forEach(name -> all.add(said(name)));
      Runnable once = meanwhile;
      meanwhile = () -> {};
      once.run();
    }
    byte[] answer = "{\"refused\":0}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static Said said(JsonNode name) {
    return new Said(
        name.path("kind").asString(),
        Long.parseLong(name.path("id").asString()),
        Long.parseLong(name.path("organization_id").asString()),
        name.path("name").asString(),
        Long.parseLong(name.path("seq").asString()));
  }
}
