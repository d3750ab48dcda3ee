package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Random requests, cancels and disconnects on a service that serves r1-nano all the while and up to
 * three guests, which are loaded and unloaded at random. A round ends with r1-nano alone and idle.
 */
final class Soak {
  static final Path NANO = Path.of("../models/r1-nano/r1-nano.gguf").toAbsolutePath().normalize();
  private static final Path TINY = RunningService.FIXTURE.toAbsolutePath().normalize();
  private static final int STREAMS = 16;
  private static final int GUESTS_MAX = 3;
  private static final int FIRST_NUMBER = 10;

  private final HttpClient http;
  private final ServiceProcess service;
  private final Random random = new Random(5);
  private int rounds;
  private int loads;
  private int requests;
  private int cancels;
  private int disconnects;

  Soak(HttpClient http, ServiceProcess service) {
    this.http = http;
    this.service = service;
  }

  void round() throws Exception {
    List<String> guests = load();
    var open = new LinkedHashMap<UUID, CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < STREAMS; i++) {
      UUID id = RunningService.eventId();
      open.put(id, http.sendAsync(service.chat(id, body(guests)), BodyHandlers.ofString()));
      requests++;
      stopOne(open);
    }
    for (String guest : guests) {
      assertThat(unload(guest)).isEqualTo(202);
    }
    for (CompletableFuture<HttpResponse<String>> stream : open.values()) {
      HttpResponse<String> answer = stream.join(); // 409: cancelled before its first token
      assertThat(answer.statusCode()).as(answer.body()).isIn(200, 404, 409, 503);
    }
    for (String guest : guests) {
      Await.until(guest + " is gone", () -> shown(guest).contains("model_not_found"));
    }
    service.billing().forgetReceipts();
    rounds++;
  }

  /** Some are still loading when the first requests come, or even when they are unloaded. */
  private List<String> load() throws Exception {
    var guests = new ArrayList<String>();
    int count = 1 + random.nextInt(GUESTS_MAX);
    for (int i = 0; i < count; i++) {
      String name = "guest-" + i;
      String body =
          "{\"path\":\"%s\",\"name\":\"%s\",\"model_id\":%d}"
              .formatted(random.nextBoolean() ? NANO : TINY, name, FIRST_NUMBER + i);
      HttpResponse<String> loading =
          service.send(service.request("/v1/models").POST(BodyPublishers.ofString(body)));
      assertThat(loading.statusCode()).as(loading.body()).isEqualTo(202);
      loads++;
      guests.add(name);
      if (random.nextInt(4) > 0) {
        Await.until(name + " is ready", () -> shown(name).contains("context_length"));
      }
    }
    return guests;
  }

  private int unload(String guest) throws Exception {
    return service.send(service.request("/v1/models/" + guest).DELETE()).statusCode();
  }

  private String shown(String guest) throws Exception {
    return service.send(service.request("/v1/models/" + guest)).body();
  }

  private String body(List<String> guests) {
    int at = random.nextInt(guests.size() + 1);
    return """
        {"model":"%s","max_tokens":%d,"stream":true,
         "messages":[{"role":"user","content":"Count to %d."}]}
        """
        .formatted(
            at == guests.size() ? "r1-nano" : guests.get(at),
            1 + random.nextInt(400),
            random.nextInt(1_000));
  }

  /** Cancels a stream in a third of all calls, leaves one in another third; it may have ended. */
  private void stopOne(Map<UUID, CompletableFuture<HttpResponse<String>>> open) throws Exception {
    UUID id = List.copyOf(open.keySet()).get(random.nextInt(open.size()));
    switch (random.nextInt(3)) {
      case 0 -> {
        String path = "/v1/requests/" + id + "/cancel";
        service.send(service.request(path).POST(BodyPublishers.noBody()));
        cancels++;
      }
      case 1 -> {
        CompletableFuture<HttpResponse<String>> left = open.remove(id);
        disconnects += left != null && left.cancel(true) ? 1 : 0;
      }
      default -> {} // all go on
    }
  }

  @Override
  public String toString() {
    return "rounds=%d loads=%d requests=%d cancels=%d disconnects=%d"
        .formatted(rounds, loads, requests, cancels, disconnects);
  }
}
