package io.r1platform.api.idempotency;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.IdempotencyTable.Row;
import io.r1platform.api.idempotency.IdempotencyTable.Usage;
import io.r1platform.api.metering.Journal;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.money.Pico;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keys and what stands under them, for {@code keep-for}. A row belongs to the run that wrote it:
 * that run notes its answer, or removes the row if it was not charged. What its owner's death left
 * is settled by whoever asks next, by what the journal says. Calls never block: they run on virtual
 * threads, a few at a time.
 */
@Component
public class Idempotency {
  private static final Logger log = LoggerFactory.getLogger(Idempotency.class);
  private static final int LOOKS = 4;
  private static final int MOST_COUNTS = 100_000;
  private static final long STORE_PAUSE_NANOS = 1_000_000_000;

  private final IdempotencyTable table;
  private final AnswerCipher cipher;
  private final IdempotencySettings settings;
  private final Journal journal;
  private final JournalReports reports;
  private final Clock clock;
  private final Semaphore calls;
  private final Cache<Long, Usage> usage;
  private final AtomicInteger storing = new AtomicInteger();
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("idempotency-", 0).factory());

  Idempotency(
      IdempotencyTable table,
      AnswerCipher cipher,
      IdempotencySettings settings,
      Journal journal,
      JournalReports reports,
      Clock clock) {
    this.table = table;
    this.cipher = cipher;
    this.settings = settings;
    this.journal = journal;
    this.reports = reports;
    this.clock = clock;
    this.calls = new Semaphore(settings.calls());
    this.usage =
        Caffeine.newBuilder()
            .maximumSize(MOST_COUNTS)
            .expireAfterWrite(settings.countEvery())
            .build();
  }

  /**
   * Takes the key for a run, or says who has it. Fails with 503 metering_unavailable if the
   * database cannot be asked, and then the key is not taken.
   *
   * @param eventId the run's id
   * @param runsHere whether a run of this process is under way
   */
  public CompletableFuture<Standing> claim(
      KeyedRequest request, UUID eventId, Predicate<UUID> runsHere) {
    return CompletableFuture.supplyAsync(
        () ->
            called(
                () -> {
                  try {
                    return take(request, eventId, runsHere);
                  } catch (DataAccessException e) { // the row may have been written all the same
                    var _ = free(request, eventId);
                    throw e;
                  }
                }),
        threads);
  }

  /** Who has the key, without taking it. */
  public CompletableFuture<Standing> look(KeyedRequest request, Predicate<UUID> runsHere) {
    return CompletableFuture.supplyAsync(
        () -> called(() -> find(request, runsHere).orElseGet(Standing.Absent::new)), threads);
  }

  /**
   * Notes how a run ended that was charged.
   *
   * @param reply its answer, null if it is not to be kept; made on another thread
   * @param charged a decimal amount, or {@code "pending"}
   * @return completes when it is noted, or cannot be
   */
  public CompletableFuture<Void> keep(
      KeyedRequest request, UUID eventId, Supplier<@Nullable Reply> reply, String charged) {
    return stored(
        eventId,
        () -> {
          Reply answer = reply.get();
          byte[] sealed = answer == null ? null : cipher.seal(answer.packed(), request, eventId);
          return () -> {
            if (!table.finish(request, eventId, charged, sealed)) {
              log.warn("request {}: nobody waits for its answer any more", eventId);
            }
          };
        });
  }

  /** Frees the key of a run that was not charged. Completes when that is done, or cannot be. */
  public CompletableFuture<Void> free(KeyedRequest request, UUID eventId) {
    return stored(eventId, () -> () -> table.remove(request, eventId));
  }

  /** How many ends are not noted yet. */
  public int storing() {
    return storing.get();
  }

  /** Removes rows that are older than they are kept. */
  @Scheduled(fixedDelayString = "1m", initialDelayString = "1m")
  void sweep() {
    try {
      Instant expired = expired();
      while (table.sweep(expired)) {
        log.debug("more keys are over");
      }
    } catch (DataAccessException e) {
      log.warn("old idempotency keys could not be removed: {}", e.toString());
    }
  }

  private Standing take(KeyedRequest request, UUID eventId, Predicate<UUID> runsHere) {
    for (int look = 0; look < LOOKS; look++) {
      boolean full = isFull(request.projectId());
      if (!full && table.insert(request, eventId, owner(), clock.instant(), expired())) {
        return new Standing.First();
      }
      Optional<Standing> found = find(request, runsHere);
      if (found.isPresent()) {
        return found.get();
      }
      if (full) {
        return new Standing.Full();
      }
    }
    throw ServiceException.meteringUnavailable(); // it came and went each time we looked
  }

  private boolean isFull(long projectId) {
    Usage used = usage.get(projectId, table::usage);
    return used.rows() >= settings.projectRows()
        || used.bytes() >= settings.projectBytes().toBytes();
  }

  /**
   * What stands under the key. A run of this process leaves memory after its row has changed, so a
   * row that says twice that it runs here while it does not was left behind.
   */
  private Optional<Standing> find(KeyedRequest request, Predicate<UUID> runsHere) {
    Optional<Row> first = table.find(request, expired());
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Row row = first.get();
    if (!row.bodySha256().equals(request.bodySha256())) {
      return Optional.of(new Standing.Conflict());
    }
    boolean own = row.owner().equals(owner());
    if (row.charged() != null) {
      boolean wasPending = row.charged().equals(IdempotencyTable.PENDING);
      return Optional.of(
          wasPending && !own && !row.ownerLives()
              ? leftBehind(request, row, own) // what its server could not say, the journal can
              : ended(request, row, row.charged()));
    }
    if (own && runsHere.test(row.eventId())) {
      return Optional.of(new Standing.Running(row.eventId(), true));
    }
    if (!own && row.ownerLives()) {
      return Optional.of(new Standing.Running(row.eventId(), false));
    }
    Optional<Row> second = table.find(request, expired());
    if (second.isEmpty()) {
      return Optional.empty();
    }
    Row again = second.get();
    boolean same = again.eventId().equals(row.eventId()) && again.charged() == null;
    return same ? Optional.of(leftBehind(request, row, own)) : find(request, runsHere);
  }

  private Standing ended(KeyedRequest request, Row row, String charged) {
    byte[] answer = row.answer();
    Optional<byte[]> packed =
        answer == null ? Optional.empty() : cipher.open(answer, request, row.eventId());
    if (packed.isEmpty()) {
      return new Standing.Unkept(row.eventId(), charged);
    }
    return new Standing.Answered(row.eventId(), Reply.unpacked(packed.get()));
  }

  /**
   * A run whose process has lost it. Under an epoch that is over no FINAL of its own can come any
   * more, so the journal has the last word; in this process' own one may still be on its way.
   */
  private Standing leftBehind(KeyedRequest request, Row row, boolean own) {
    JournalReports.Entry entry = reports.find(row.eventId()).orElse(null);
    if (own && entry != null && entry.finishedAt() == null) {
      throw ServiceException.meteringUnavailable();
    }
    if (entry != null && entry.finishedAt() != null && entry.tokens().output() > 0) {
      String charged = new Pico(entry.amountPico()).decimal();
      table.finish(request, row.eventId(), charged, null);
      return new Standing.Unkept(row.eventId(), charged);
    }
    table.remove(request, row.eventId());
    log.warn("request {} died with its server {}: its key is free", row.eventId(), row.owner());
    return new Standing.Died(row.eventId());
  }

  private Instant expired() {
    return clock.instant().minus(settings.keepFor());
  }

  private String owner() {
    return journal.replica();
  }

  private <T> T called(Supplier<T> call) {
    boolean mine = false;
    try {
      mine = calls.tryAcquire(settings.callWait().toMillis(), TimeUnit.MILLISECONDS);
      if (!mine) {
        throw ServiceException.meteringUnavailable();
      }
      return call.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ServiceException.meteringUnavailable();
    } catch (DataAccessException e) {
      log.warn("an idempotency key could not be looked at: {}", e.toString());
      throw ServiceException.meteringUnavailable();
    } finally {
      if (mine) {
        calls.release();
      }
    }
  }

  /** Makes a write and tries it until it is done: a key must not stand open for a day. */
  private CompletableFuture<Void> stored(UUID eventId, Supplier<Runnable> write) {
    storing.incrementAndGet();
    return CompletableFuture.runAsync(() -> tryToStore(eventId, write.get()), threads)
        .whenComplete(
            (done, failure) -> {
              storing.decrementAndGet();
              if (failure != null) {
                log.error("the end of request {} could not be noted", eventId, failure);
              }
            });
  }

  private void tryToStore(UUID eventId, Runnable write) {
    for (int left = settings.storeTries(); ; left--) {
      calls.acquireUninterruptibly();
      try {
        write.run();
        return;
      } catch (DataAccessException e) {
        if (left == 1) {
          throw e;
        }
        log.warn("request {}: its end is not noted, trying again: {}", eventId, e.toString());
      } finally {
        calls.release();
      }
      LockSupport.parkNanos(STORE_PAUSE_NANOS);
    }
  }
}
