package io.r1platform.inference.generation;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The generations that the engines have not ended, and which ended lately. For many threads. */
final class LiveGenerations {
  private static final int CHOICES_MAX = 8;
  private static final int ENDED_MAX = 10_000; // older repeats are caught by the receipts' key

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fewer = lock.newCondition();
  private final Map<Long, Generation> byEngineId = new HashMap<>();
  private final Map<Choice, Generation> byChoice = new HashMap<>();
  private final LinkedHashSet<Attempt> ended = new LinkedHashSet<>();

  private record Attempt(UUID eventId, int attempt) {
    static Attempt of(GenerationTask task) {
      return new Attempt(task.eventId(), task.attempt());
    }
  }

  private record Choice(UUID eventId, int index) {
    static Choice of(GenerationTask task) {
      return new Choice(task.eventId(), task.choice());
    }
  }

  /** Adds the choices of a request; refuses one that has run or is being generated already. */
  void addAll(List<Generation> choices) {
    lock.lock();
    try {
      GenerationTask task = choices.getFirst().task();
      if (ended.contains(Attempt.of(task))) {
        throw ServiceException.ofParam(
            ErrorCode.INVALID_STATE, "x-r1-request-id", "This attempt has run already.");
      }
      if (running(task.eventId()) != null) {
        throw ServiceException.ofParam(
            ErrorCode.INVALID_STATE, "x-r1-request-id", "This request is running already.");
      }
      for (Generation generation : choices) {
        byChoice.put(Choice.of(generation.task()), generation);
        byEngineId.put(generation.engineId(), generation);
        Choices together = generation.task().choices();
        if (together != null) {
          together.started(generation);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** It was taken and has ended; false if that was known. */
  boolean ended(Generation generation) {
    lock.lock();
    try {
      if (byEngineId.get(generation.engineId()) != generation) {
        return false;
      }
      ended.addLast(Attempt.of(generation.task()));
      if (ended.size() > ENDED_MAX) {
        ended.removeFirst();
      }
      remove(generation);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets one that the engine ended or never took. */
  void remove(Generation generation) {
    lock.lock();
    try {
      byEngineId.remove(generation.engineId());
      byChoice.remove(Choice.of(generation.task()));
      fewer.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Nullable Generation get(long engineId) {
    lock.lock();
    try {
      return byEngineId.get(engineId);
    } finally {
      lock.unlock();
    }
  }

  @Nullable Generation find(UUID eventId) {
    lock.lock();
    try {
      return running(eventId);
    } finally {
      lock.unlock();
    }
  }

  /** The first of a request's choices that has not ended. */
  private @Nullable Generation running(UUID eventId) {
    for (int index = 0; index < CHOICES_MAX; index++) {
      Generation generation = byChoice.get(new Choice(eventId, index));
      if (generation != null) {
        return generation;
      }
    }
    return null;
  }

  List<Generation> all() {
    lock.lock();
    try {
      return List.copyOf(byEngineId.values());
    } finally {
      lock.unlock();
    }
  }

  /** Those of one model. */
  List<Generation> of(String model) {
    return all().stream().filter(generation -> generation.task().model().equals(model)).toList();
  }

  /** Waits until none is left; false if some are after {@code timeout}. */
  boolean awaitEmpty(Duration timeout) throws InterruptedException {
    return await(byEngineId::isEmpty, timeout);
  }

  /** The same for one model. */
  boolean awaitEmpty(String model, Duration timeout) throws InterruptedException {
    return await(() -> of(model).isEmpty(), timeout);
  }

  private boolean await(BooleanSupplier done, Duration timeout) throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      while (!done.getAsBoolean()) {
        if (nanos <= 0) {
          return false;
        }
        nanos = fewer.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
