package io.r1platform.api.contents;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.idempotency.AnswerCipher;
import io.r1platform.api.observability.Metric;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Records prompts and answers, and writes them when they are complete, on virtual threads, a few at
 * a time. What finds no room is dropped and counted by its reason.
 */
@Component
public class Contents {
  private static final Logger log = LoggerFactory.getLogger(Contents.class);
  private static final int SHARE_OF_HEAP = 16;

  /** No project may hold more of the memory, so that it leaves room for the others. */
  private static final int SHARE_OF_ONE = 2;

  private static final int MOST_COUNTS = 10_000;
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final ContentTable table;
  private final AnswerCipher cipher;
  private final ContentSettings settings;
  private final MeterRegistry meters;
  private final Clock clock;
  private final long most;
  private final Semaphore writes;
  private final Cache<Long, AtomicLong> stored;
  private final Map<Long, Long> held = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("contents-", 0).factory());

  Contents(
      ContentTable table,
      AnswerCipher cipher,
      ContentSettings settings,
      MeterRegistry meters,
      Clock clock) {
    this.table = table;
    this.cipher = cipher;
    this.settings = settings;
    this.meters = meters;
    this.clock = clock;
    this.most =
        settings.memory() == null
            ? Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP
            : settings.memory().toBytes();
    this.writes = new Semaphore(settings.writes());
    this.stored =
        Caffeine.newBuilder()
            .maximumSize(MOST_COUNTS)
            .expireAfterWrite(settings.countEvery())
            .build();
    meters.gauge(Metric.CONTENTS_BYTES.id(), bytes);
    for (Outcome outcome : Outcome.values()) {
      counted(outcome, 0); // so that a rise from nothing is seen
    }
  }

  /** Begins to record a request whose project wants that. Copies its body. */
  public Recording record(Recording.Asked asked, ByteBuffer body) {
    return new Recording(this, asked, body);
  }

  /** How many complete entries are not written yet. */
  public int waiting() {
    return waiting.get();
  }

  /** Deletes one entry for ever. False if there is none. Blocks. */
  boolean delete(long projectId, UUID eventId) {
    return table.delete(projectId, eventId);
  }

  /** Sees to it that an entry that may still be written never is. Blocks. */
  void forbid(long projectId, UUID eventId) {
    table.forbid(projectId, eventId, clock.instant());
  }

  /** What is stored of a request, if its project still wants that, to be shown. Blocks. */
  public Optional<StoredContent> read(long projectId, UUID eventId) {
    return find(projectId, eventId).map(StoredContent::of);
  }

  /** What is stored of a request, if its project still wants that. Blocks. */
  Optional<Found> find(long projectId, UUID eventId) {
    return table
        .find(projectId, eventId, clock.instant())
        .flatMap(
            row ->
                cipher
                    .open(row.sealed(), name(projectId, eventId))
                    .map(packed -> new Found(row, Content.unpacked(packed))));
  }

  /** An entry and what is known about it. */
  record Found(ContentTable.Row row, Content content) {}

  /**
   * Takes room.
   *
   * @param size the entry's, with {@code more}
   */
  boolean reserve(long projectId, long more, long size) {
    if (size > settings.entryLimit().toBytes()) {
      counted(Outcome.TOO_LARGE, 1);
      return false;
    }
    boolean crowds = held.merge(projectId, more, Long::sum) > most / SHARE_OF_ONE;
    if (bytes.addAndGet(more) > most || crowds) {
      release(projectId, more);
      counted(Outcome.MEMORY, 1);
      return false;
    }
    return true;
  }

  void release(long projectId, long reserved) {
    bytes.addAndGet(-reserved);
    held.computeIfPresent(projectId, (id, all) -> all == reserved ? null : all - reserved);
  }

  void store(Recording.Asked asked, Content content, long reserved) {
    waiting.incrementAndGet();
    threads.execute(
        () -> {
          writes.acquireUninterruptibly();
          try {
            counted(write(asked, content), 1);
          } catch (RuntimeException e) { // the thread's root: its message may name the content
            log.error("contents of {}: {}", asked.eventId(), e.getClass().getName());
            counted(Outcome.FAILED, 1);
          } finally {
            writes.release();
            release(asked.projectId(), reserved);
            waiting.decrementAndGet();
          }
        });
  }

  private Outcome write(Recording.Asked asked, Content content) {
    byte[] sealed = cipher.seal(content.packed(), name(asked.projectId(), asked.eventId()));
    for (int left = settings.tries(); left > 0; left--) {
      try {
        return insert(asked, sealed);
      } catch (DataAccessException e) {
        log.warn("contents of {} are not written: {}", asked.eventId(), e.getClass().getName());
        if (left > 1) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
    return Outcome.FAILED;
  }

  private Outcome insert(Recording.Asked asked, byte[] sealed) {
    AtomicLong used =
        stored.get(asked.projectId(), project -> new AtomicLong(table.bytes(project)));
    if (used.get() + sealed.length > settings.projectBytes().toBytes()) {
      return Outcome.PROJECT_FULL;
    }
    if (!table.insert(asked, sealed, clock.instant())) {
      return Outcome.WITHDRAWN;
    }
    used.addAndGet(sealed.length);
    return Outcome.STORED;
  }

  /** Removes what is older than its project keeps, or whose project keeps nothing any more. */
  @Scheduled(fixedDelayString = "1m", initialDelayString = "1m")
  public void sweep() {
    try {
      while (table.sweep(clock.instant())) {
        log.debug("more contents are over");
      }
    } catch (DataAccessException e) {
      log.warn("old contents could not be removed: {}", e.toString());
    }
  }

  private void counted(Outcome outcome, int times) {
    meters.counter(Metric.CONTENTS.id(), "outcome", outcome.wire()).increment(times);
  }

  /** What the ciphertext belongs to: in another row it is nothing. */
  private static String name(long projectId, UUID eventId) {
    return "content %d %s".formatted(projectId, eventId);
  }
}
