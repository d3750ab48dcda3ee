package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random requests and cancels on two models, one of which is loaded and unloaded all the while; run
 * with {@code -Dtest=SoakFigures -Dr1.soak.minutes=30}.
 */
final class SoakFigures {
  private static final int STREAMS = 12;
  private static final String GUEST = "guest";
  private static final double FLAT = 1.05; // the last third over the middle one

  private final TestDatabase database = TestDatabase.create();
  private final Random random = new Random(5);
  private final List<Long> residentKib = new ArrayList<>();
  private int rounds;
  private int cancels;
  private int ended;

  private static long residentKib() throws Exception {
    System.gc(); // so that garbage does not count
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  private static boolean guestIs(RunningService service, String what) throws Exception {
    HttpResponse<String> shown = service.send(service.request("/v1/models/" + GUEST));
    return shown.body().contains(what);
  }

  /** The guest comes, streams run and are cancelled, and it goes while they run. */
  private void round(RunningService service) throws Exception {
    String load =
        "{\"path\":\"%s\",\"name\":\"%s\",\"model_id\":9}"
            .formatted(RunningService.FIXTURE.toAbsolutePath().normalize(), GUEST);
    HttpResponse<String> loading =
        service.send(
            service
                .request("/v1/models")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(load)));
    assertThat(loading.statusCode()).as(loading.body()).isEqualTo(202);
    Await.until("the guest is ready", () -> guestIs(service, "context_length"));
    var streams = new LinkedHashMap<UUID, CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < STREAMS; i++) {
      UUID id = RunningService.eventId();
      String body =
          """
          {"model":"%s","max_tokens":%d,"stream":true,
           "messages":[{"role":"user","content":"Count to %d."}]}
          """
              .formatted(
                  i % 2 == 0 ? GUEST : "r1-nano", 1 + random.nextInt(400), random.nextInt(1_000));
      streams.put(
          id, service.http().sendAsync(service.chat(id, body).build(), BodyHandlers.ofString()));
    }
    for (UUID id : streams.keySet()) {
      if (random.nextInt(3) == 0) {
        var path = "/v1/requests/" + id + "/cancel";
        service.send(service.request(path).POST(BodyPublishers.noBody()));
        cancels++;
      }
    }
    service.send(service.request("/v1/models/" + GUEST).DELETE());
    for (CompletableFuture<HttpResponse<String>> stream : streams.values()) {
      assertThat(stream.get().statusCode()).isIn(200, 404, 409, 503);
      ended++;
    }
    Await.until("the guest is gone", () -> guestIs(service, "model_not_found"));
    rounds++;
  }

  private double meanOfThird(int third) {
    int size = residentKib.size() / 3;
    return residentKib.subList(third * size, (third + 1) * size).stream()
        .mapToLong(Long::longValue)
        .average()
        .orElseThrow();
  }

  @Test
  void measure(@TempDir Path directory) throws Exception {
    Duration longest = Duration.ofMinutes(Integer.getInteger("r1.soak.minutes", 30));
    try (var billing = new BillingFake();
        var service =
            RunningService.start(
                database, billing.uri(), directory.resolve("tokens"), Map.of())) {
      Instant end = Instant.now().plus(longest);
      while (Instant.now().isBefore(end) || residentKib.size() < 3) {
        round(service);
        billing.forgetReceipts();
        residentKib.add(residentKib());
      }
    }
    double growth = meanOfThird(2) / meanOfThird(1);
    Path figures = Files.createDirectories(Path.of("target/figures")).resolve("soak.txt");
    Files.writeString(
        figures,
        "soak minutes=%d rounds=%d requests=%d cancels=%d rss_kib_middle=%.0f rss_kib_last=%.0f%n"
            .formatted(
                longest.toMinutes(), rounds, ended, cancels, meanOfThird(1), meanOfThird(2)));
    assertThat(growth).isLessThan(FLAT);
  }
}
