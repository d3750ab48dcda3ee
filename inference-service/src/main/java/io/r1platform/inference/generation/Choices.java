package io.r1platform.inference.generation;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Finish;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The generations of a request with several choices. They have one receipt, written when the last
 * one has ended, whose prompt is that of the choice with the first token: it is charged once. For
 * many threads.
 */
public final class Choices {
  private static final List<Finish> WORST_FIRST =
      List.of(Finish.ERROR, Finish.DEADLINE, Finish.CANCELLED, Finish.LENGTH, Finish.STOP);

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Generation> running = new ArrayList<>();
  private final NavigableMap<Integer, Ended> ended = new TreeMap<>();
  private final int count;
  private int leader = -1;

  /** For so many choices, at least two. */
  public Choices(int count) {
    this.count = count;
  }

  /** The engine has taken one. */
  void started(Generation generation) {
    lock.lock();
    try {
      running.add(generation);
    } finally {
      lock.unlock();
    }
  }

  /** The first token of one. */
  void began(int choice) {
    lock.lock();
    try {
      leader = leader < 0 ? choice : leader;
    } finally {
      lock.unlock();
    }
  }

  /** Whether one of them has a token: then the request does not wait any more. */
  boolean begun() {
    lock.lock();
    try {
      return leader >= 0;
    } finally {
      lock.unlock();
    }
  }

  /** Ends all. */
  void cancelAll() {
    List<Generation> all;
    lock.lock();
    try {
      all = List.copyOf(running);
    } finally {
      lock.unlock();
    }
    all.forEach(generation -> generation.stop(Generation.Cause.CANCEL));
  }

  /**
   * One has ended. If it failed, the answer has failed: the others are stopped, so that no more is
   * charged.
   *
   * @return the whole request, if it was the last one
   */
  Optional<Ended> ended(int choice, Ended end) {
    boolean last;
    lock.lock();
    try {
      ended.put(choice, end);
      last = ended.size() == count;
    } finally {
      lock.unlock();
    }
    if (last) {
      return Optional.of(total());
    }
    if (end.failure() != null) {
      cancelAll();
    }
    return Optional.empty();
  }

  /** The whole request, when all have ended: the prompt once, the outputs of all. */
  public Ended total() {
    lock.lock();
    try {
      Ended worst =
          ended.values().stream()
              .min(Comparator.comparingInt(end -> WORST_FIRST.indexOf(end.finish())))
              .orElseThrow();
      Usage usage = usage();
      return new Ended(worst.finish(), usage, failure(worst.failure(), usage));
    } finally {
      lock.unlock();
    }
  }

  /** A failure tells what is charged, and one choice knows only of its own tokens. */
  private static @Nullable ServiceException failure(@Nullable ServiceException one, Usage usage) {
    if (one == null || usage.output() == 0 || one.code() == ErrorCode.METERING_UNAVAILABLE) {
      return one;
    }
    ErrorCode code =
        one.code() == ErrorCode.QUEUE_TIMEOUT ? ErrorCode.DEADLINE_EXCEEDED : one.code();
    return ServiceException.of(
        code,
        "Not all choices came to their end. Stopped after %d tokens of all, which are charged with"
                .formatted(usage.output())
            + " the prompt. Send it again.");
  }

  private Usage usage() {
    Usage prompt = Objects.requireNonNullElse(ended.get(leader), first()).usage();
    return new Usage(
        prompt.promptHit(),
        prompt.promptMiss(),
        Math.toIntExact(sum(Usage::reasoning)),
        Math.toIntExact(sum(Usage::output)),
        hash(),
        prompt.ttftMillis(),
        prompt.queueMillis());
  }

  private Ended first() {
    return Objects.requireNonNull(ended.firstEntry()).getValue();
  }

  private long sum(ToLongFunction<Usage> count) {
    return ended.values().stream().map(Ended::usage).mapToLong(count).sum();
  }

  /** Over the hashes of all, by index. */
  private String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ended
          .values()
          .forEach(end -> digest.update(HexFormat.of().parseHex(end.usage().outputSha256())));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
