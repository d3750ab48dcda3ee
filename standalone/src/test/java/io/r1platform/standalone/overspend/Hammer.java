package io.r1platform.standalone.overspend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** So many clients for each replica of a fleet, who ask again and again. */
final class Hammer implements AutoCloseable {
  private static final String BODY =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,\
      "max_tokens":64}""";
  private static final Duration PAUSE = Duration.ofMillis(25);
  private static final long NOT_DENIED = Long.MAX_VALUE;

  private final Fleet fleet;
  private final String key;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicLong denied = new AtomicLong();
  private final AtomicInteger troubled = new AtomicInteger();
  private final AtomicLongArray deniedSince;
  private final CountDownLatch clientsLeft;
  private volatile boolean stopping;

  Hammer(Fleet fleet, String key, int clients) {
    this.fleet = fleet;
    this.key = key;
    this.deniedSince = new AtomicLongArray(fleet.size() + 1);
    this.clientsLeft = new CountDownLatch(fleet.size() * clients);
    for (int replica = 1; replica <= fleet.size(); replica++) {
      int mine = replica;
      deniedSince.set(replica, NOT_DENIED);
      for (int i = 0; i < clients; i++) {
        Thread.ofVirtual().start(() -> ask(mine));
      }
    }
  }

  /** How many bytes every request has. */
  static int bytes() {
    return BODY.length();
  }

  private void ask(int replica) {
    while (!stopping) {
      switch (status(replica)) {
        case 200 -> {
          served.incrementAndGet();
          deniedSince.set(replica, NOT_DENIED);
        }
        case 402 -> {
          denied.incrementAndGet();
          deniedSince.accumulateAndGet(replica, System.nanoTime(), Math::min);
          LockSupport.parkNanos(PAUSE.toNanos());
        }
        default -> {
          troubled.incrementAndGet();
          deniedSince.set(replica, NOT_DENIED);
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    }
    clientsLeft.countDown();
  }

  private int status(int replica) {
    Integer port = fleet.port(replica);
    if (port == null) {
      return 0;
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      boolean whole = answer.statusCode() != 200 || answer.body().contains("[DONE]");
      return whole ? answer.statusCode() : 0;
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** Whether each replica has only denied for so long. */
  boolean isDeniedEverywhereFor(Duration time) {
    long since = System.nanoTime() - time.toNanos();
    for (int replica = 1; replica <= fleet.size(); replica++) {
      if (deniedSince.get(replica) > since) {
        return false;
      }
    }
    return fleet.isWhole();
  }

  /** Streams that came to their end. */
  int served() {
    return served.get();
  }

  /** Requests that a budget refused. */
  long denied() {
    return denied.get();
  }

  /** Requests that broke or found nobody. */
  int troubled() {
    return troubled.get();
  }

  /** Waits for the answers that are under way. */
  void stop() throws InterruptedException {
    stopping = true;
    clientsLeft.await();
  }

  @Override
  public void close() {
    stopping = true;
    http.shutdownNow();
  }
}
