package io.r1platform.standalone;

import io.r1platform.standalone.Chat.Answer;
import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Tenants who ask one question after another, whatever breaks, until they are told to stop. */
final class Load implements AutoCloseable {
  private static final int TENANTS = 6;
  private static final Duration BACK_OFF = Duration.ofMillis(200);

  private final Chat chat;
  private final Map<UUID, BigDecimal> whole = new ConcurrentHashMap<>();
  private final AtomicInteger broken = new AtomicInteger();
  private final List<Thread> tenants;
  private volatile boolean stopping;

  Load(Chat chat) {
    this.chat = chat;
    this.tenants =
        IntStream.range(0, TENANTS).mapToObj(i -> Thread.ofVirtual().start(this::ask)).toList();
  }

  /** The requests whose client saw {@code [DONE]}, with the cost it was told. */
  Map<UUID, BigDecimal> whole() {
    return Map.copyOf(whole);
  }

  /** How many streams broke or were refused. */
  int broken() {
    return broken.get();
  }

  /** Waits until each tenant could have had one more whole answer. */
  void awaitAnswers() {
    int wanted = whole.size() + TENANTS;
    Platform.awaitThat("answers come", () -> whole.size() >= wanted);
  }

  private void ask() {
    for (int number = 0; !stopping; number++) {
      try {
        Answer answer = chat.stream("What is %d + 589?".formatted(number % 900), Chat.NEVER);
        if (answer.done()) {
          whole.put(answer.requestId(), Objects.requireNonNull(answer.cost(), "no usage chunk"));
        } else {
          broken.incrementAndGet();
        }
      } catch (IOException e) {
        broken.incrementAndGet();
        Await.pause(BACK_OFF);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Lets the running streams end. */
  @Override
  public void close() {
    stopping = true;
    Platform.awaitThat("the last streams end", () -> tenants.stream().noneMatch(Thread::isAlive));
  }
}
