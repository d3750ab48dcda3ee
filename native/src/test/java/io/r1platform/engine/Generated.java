package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What came for one request, gathered from events. */
final class Generated {
  final long id;
  final List<Integer> ids = new ArrayList<>();
  final ByteArrayOutputStream text = new ByteArrayOutputStream();
  final List<Float> logprobs = new ArrayList<>();
  final List<List<Alternative>> alternatives = new ArrayList<>();
  int cachedAtFirstToken;
  EventBuffer.@Nullable Kind last;
  @Nullable FinishReason reason;
  @Nullable EngineStatus status;
  int promptTokens;
  int cachedTokens;
  int outputTokens;
  int overrunTokens;
  long queueMicros;
  long prefillMicros;
  long decodeMicros;
  long hash;
  boolean endFlag;

  /** One of the likeliest tokens at a place. */
  record Alternative(int id, float logprob) {}

  private Generated(long id) {
    this.id = id;
  }

  /** Polls until all these requests ended; in their order. */
  static List<Generated> all(Engine engine, long... requestIds) {
    Map<Long, Generated> seen =
        until(
            engine,
            some ->
                some.values().stream().filter(g -> g.last != null).count() == requestIds.length);
    return LongStream.of(requestIds).mapToObj(id -> of(seen, id)).toList();
  }

  /** Polls until this request ended. */
  static Generated one(Engine engine, long requestId) {
    return all(engine, requestId).getFirst();
  }

  /** What came for this request. */
  static Generated of(Map<Long, Generated> seen, long requestId) {
    return Objects.requireNonNull(seen.get(requestId), () -> "no event of request " + requestId);
  }

  /** Polls until this holds. */
  static Map<Long, Generated> until(Engine engine, Predicate<Map<Long, Generated>> done) {
    Map<Long, Generated> seen = new HashMap<>();
    until(engine, seen, done);
    return seen;
  }

  /** Polls on until this holds. */
  static void until(
      Engine engine, Map<Long, Generated> seen, Predicate<Map<Long, Generated>> done) {
    EventBuffer events = new EventBuffer(512);
    for (int polls = 0; !done.test(seen); polls++) {
      assertThat(polls).as("polls without the awaited events").isLessThan(100_000);
      engine.poll(events, Duration.ofMillis(600));
      add(seen, events);
    }
  }

  static void add(Map<Long, Generated> seen, EventBuffer events) {
    while (events.next()) {
      seen.computeIfAbsent(events.requestId(), Generated::new).add(events);
    }
  }

  private void add(EventBuffer event) {
    assertThat(last).as("an event after the last one of request " + id).isNull();
    switch (event.kind()) {
      case TOKEN -> {
        ids.add(event.tokenId());
        text.writeBytes(event.piece());
        endFlag = event.end();
        logprobs.add(event.logprob());
        alternatives.add(
            IntStream.range(0, event.alternatives())
                .mapToObj(i -> new Alternative(event.alternativeId(i), event.alternativeLogprob(i)))
                .toList());
        if (event.index() == 1) {
          cachedAtFirstToken = event.cachedTokens();
        }
      }
      case FINISHED -> {
        reason = event.reason();
        end(event);
      }
      case ERROR -> {
        status = event.status();
        end(event);
      }
    }
  }

  private void end(EventBuffer event) {
    last = event.kind();
    promptTokens = event.promptTokens();
    cachedTokens = event.cachedTokens();
    outputTokens = event.outputTokens();
    overrunTokens = event.overrunTokens();
    queueMicros = event.queueMicros();
    prefillMicros = event.prefillMicros();
    decodeMicros = event.decodeMicros();
    hash = event.idsHash();
  }
}
