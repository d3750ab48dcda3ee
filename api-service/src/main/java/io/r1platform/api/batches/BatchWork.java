package io.r1platform.api.batches;

import io.r1platform.api.batches.Batch.Status;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.files.FileContent;
import io.r1platform.api.files.Files;
import io.r1platform.api.files.StoredFile;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.KeyCheck;
import io.r1platform.api.keys.KeyChecks;
import io.r1platform.api.keys.Scope;
import io.r1platform.api.metering.Journal;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Moves batches on, with all other replicas: a batch is nobody's, a line is whose journal may
 * charge for it. One thread looks at all batches each second, and starts lines whenever there is
 * room: of the batch that runs the fewest here first.
 */
@Component
class BatchWork implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(BatchWork.class);
  private static final int HEAVY_AT_ONCE = 2;
  private static final int PAUSE_DOUBLES = 6;
  private static final BatchFault UNREADABLE =
      new BatchFault(
          "input_unreadable", null, "A part of the input file cannot be read any more.", null);
  private static final long STOP_SECONDS = 15;
  private static final long STOP_LOOK_NANOS = 20_000_000;

  private final BatchTable batches;
  private final Lines lines;
  private final LineDesk desk;
  private final Validation validation;
  private final Delivery delivery;
  private final Files files;
  private final KeyChecks keys;
  private final Journal journal;
  private final BatchSettings settings;
  private final JsonMapper json;
  private final Clock clock;
  private final Semaphore wake = new Semaphore(0);
  private final Semaphore heavy = new Semaphore(HEAVY_AT_ONCE);
  private final Map<UUID, Long> busy = new ConcurrentHashMap<>(); // and its organization
  private final Map<Long, Long> served = new HashMap<>(); // organizations, and their last turn
  private final Map<UUID, At> known = new ConcurrentHashMap<>();
  private final Map<UUID, Setback> setbacks = new ConcurrentHashMap<>();
  private volatile boolean working;
  private volatile boolean lookSoon;
  private long turn;

  /** How often a batch could not be moved on, and how long it rests. */
  private record Setback(int times, long untilNanos) {}

  /** A batch in progress, as this replica sees it. */
  private static final class At {
    private volatile Batch batch;
    private volatile Caller caller;
    private final FileContent input;
    private volatile long pausedUntilNanos;
    private volatile boolean paused;
    private volatile int pauses; // that grow, one after another
    private volatile boolean ran; // a line, since the last look
    private boolean dry;
    private int tried; // the last line that was: while paused another one comes first

    At(Batch batch, Caller caller, FileContent input) {
      this.batch = batch;
      this.caller = caller;
      this.input = input;
    }
  }

  BatchWork(
      BatchTable batches,
      Lines lines,
      LineDesk desk,
      Validation validation,
      Delivery delivery,
      Files files,
      KeyChecks keys,
      Journal journal,
      BatchSettings settings,
      JsonMapper json,
      Clock clock) {
    this.batches = batches;
    this.lines = lines;
    this.desk = desk;
    this.validation = validation;
    this.delivery = delivery;
    this.files = files;
    this.keys = keys;
    this.journal = journal;
    this.settings = settings;
    this.json = json;
    this.clock = clock;
  }

  /** A batch has changed: it is looked at soon. */
  void wake() {
    lookSoon = true;
    wake.release();
  }

  @Override
  public void start() {
    working = settings.atOnce() > 0;
    if (working) {
      Thread.ofVirtual().name("batches").start(this::work);
    }
  }

  private void work() {
    long looked = System.nanoTime() - settings.lookEvery().toNanos();
    while (working) {
      try {
        if (journal.isServing()) {
          if (lookSoon || System.nanoTime() - looked >= settings.lookEvery().toNanos()) {
            lookSoon = false;
            looked = System.nanoTime();
            look();
          }
          fill();
        }
        pause(settings.lookEvery().toNanos() - (System.nanoTime() - looked));
      } catch (DataAccessException | TransactionException e) {
        log.warn("batches cannot be looked at: {}", e.toString());
        pause(settings.lookEvery().toNanos());
      } catch (RuntimeException | Error e) { // the next look may do better
        log.error("batches stand still", e);
        pause(settings.lookEvery().toNanos());
      }
    }
  }

  private void pause(long nanos) {
    try {
      if (wake.tryAcquire(Math.max(0, nanos), TimeUnit.NANOSECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      working = false;
    }
  }

  /** Takes note of all batches, and does what their state asks for. */
  private void look() {
    desk.recover(journal.replica());
    Map<Long, KeyCheck> checked = new HashMap<>();
    Map<UUID, Batch> open = new HashMap<>();
    for (Batch batch : inTurn(batches.open())) {
      open.put(batch.id(), batch);
      try {
        move(batch, checked);
      } catch (ServiceException | IllegalStateException e) { // the others go on
        log.error("batch {} stands still", batch.id(), e);
      }
    }
    served.keySet().retainAll(open.values().stream().map(Batch::organizationId).toList());
    known.keySet().removeIf(id -> !isInProgress(open.get(id)));
    setbacks.keySet().removeIf(id -> !open.containsKey(id));
    Instant now = clock.instant();
    for (LineDesk.Running run : desk.running().values()) {
      Batch batch = open.get(run.batch().id());
      Instant stopAt = batch == null ? null : batch.stopAt();
      if (stopAt != null && !now.isBefore(stopAt)) {
        desk.stop(run);
      }
    }
  }

  /** Those of organizations that wait the longest for what takes long come first. */
  private List<Batch> inTurn(List<Batch> open) {
    return open.stream()
        .sorted(Comparator.comparingLong(batch -> served.getOrDefault(batch.organizationId(), 0L)))
        .toList();
  }

  private void move(Batch batch, Map<Long, KeyCheck> checked) {
    switch (batch.status()) {
      case VALIDATING ->
          heavily(
              batch,
              clock.instant().isBefore(batch.expiresAt())
                  ? validation::validate
                  : validation::expire);
      case IN_PROGRESS ->
          progress(
              batch, checked.computeIfAbsent(batch.keyId(), id -> keys.again(id, Scope.BATCH)));
      case FINALIZING, CANCELLING -> end(batch);
      case COMPLETED, FAILED, EXPIRED, CANCELLED -> {}
    }
  }

  private static boolean isInProgress(@Nullable Batch batch) {
    return batch != null && batch.status() == Status.IN_PROGRESS;
  }

  private void end(Batch batch) {
    known.remove(batch.id());
    if (!lines.anyRuns(batch.id())) {
      heavily(batch, delivery::deliver);
    }
  }

  private void progress(Batch batch, KeyCheck check) {
    Instant now = clock.instant();
    switch (check) {
      case KeyCheck.Refused(ServiceException why) ->
          fail(
              batch,
              new BatchFault(why.code().wire(), null, String.valueOf(why.getMessage()), null),
              now);
      case KeyCheck.Accepted accepted when !now.isBefore(batch.expiresAt()) ->
          settle(batch, Status.EXPIRED, now, null);
      case KeyCheck.Accepted(Caller caller, var _, var _) -> {
        At at = known.computeIfAbsent(batch.id(), id -> at(batch, caller));
        at.batch = batch;
        at.caller = caller;
        at.dry = false;
        if (at.ran && !at.paused && batch.blocked() != null) {
          block(at, null); // noted after the line's look, by another replica or the one before
        }
        at.ran = false;
        if (!lines.anyOpen(batch.id())) {
          settle(batch, Status.COMPLETED, now, null);
        }
      }
    }
  }

  private At at(Batch batch, Caller caller) {
    StoredFile file =
        files
            .find(batch.projectId(), batch.inputFileId())
            .orElseThrow(() -> new IllegalStateException("a file that is used was removed"));
    return new At(batch, caller, files.content(file.id(), file.bytes()));
  }

  private void fail(Batch batch, BatchFault fault, Instant now) {
    settle(batch, Status.FAILED, now, json.writeValueAsString(List.of(fault)));
  }

  private void settle(Batch batch, Status outcome, Instant now, @Nullable String errors) {
    known.remove(batch.id());
    if (batches.settle(batch, outcome, now, now.plus(settings.stopWait()), errors)) {
      log.info("batch {} is to end as {}", batch.id(), outcome.wire());
      if (!lines.anyRuns(batch.id())) {
        heavily(batch, delivery::deliver);
      }
    }
  }

  /**
   * Does what takes long elsewhere, a few at a time, one of each organization; what finds no place
   * is met again, and what fails after a pause that grows.
   */
  private void heavily(Batch batch, Predicate<UUID> work) {
    Setback setback = setbacks.get(batch.id());
    boolean rests = setback != null && System.nanoTime() - setback.untilNanos < 0;
    boolean isServed = busy.containsValue(batch.organizationId());
    if (!rests && !isServed && heavy.tryAcquire()) {
      busy.put(batch.id(), batch.organizationId());
      served.put(batch.organizationId(), ++turn);
      Thread.ofVirtual()
          .name("batch-" + batch.id())
          .start(
              () -> {
                try {
                  boolean moved = work.test(batch.id());
                  setbacks.remove(batch.id());
                  if (moved) {
                    wake();
                  }
                } catch (RuntimeException | Error e) { // nothing was done, and it is met again
                  int times = setback == null ? 1 : setback.times + 1;
                  long rest = settings.tryAfter().toNanos() << Math.min(times - 1, PAUSE_DOUBLES);
                  setbacks.put(batch.id(), new Setback(times, System.nanoTime() + rest));
                  log.warn("batch {} could not be moved on, {} times", batch.id(), times, e);
                } finally {
                  busy.remove(batch.id());
                  heavy.release();
                }
              });
    }
  }

  /** Starts lines while there is room. */
  private void fill() {
    while (working) {
      int room = settings.atOnce() - desk.running().size();
      Optional<At> next = room < 1 ? Optional.empty() : next();
      if (next.isEmpty()) {
        return;
      }
      At at = next.get();
      int most = Math.min(room, Math.min(roomOf(at), roomOfOrganization(at)));
      List<Lines.Claimed> claimed =
          lines.claim(
              at.batch.id(),
              journal.replica(),
              at.paused ? 1 : most,
              at.paused ? at.tried : 0,
              () -> RequestId.at(clock.instant()));
      at.dry = claimed.isEmpty() || at.paused;
      at.tried = claimed.isEmpty() ? at.tried : claimed.getLast().place().line();
      run(at, claimed);
      at.input.forget(); // many batches wait, and each would keep a chunk
    }
  }

  private Optional<At> next() {
    return known.values().stream()
        .filter(at -> !at.dry && !isPaused(at) && roomOf(at) > 0 && roomOfOrganization(at) > 0)
        .min(
            Comparator.comparingInt((At at) -> runningOf(at))
                .thenComparing(at -> at.batch.createdAt()));
  }

  private static boolean isPaused(At at) {
    return at.paused && System.nanoTime() - at.pausedUntilNanos < 0;
  }

  private int runningOf(At at) {
    return (int)
        desk.running().values().stream()
            .filter(run -> run.batch().id().equals(at.batch.id()))
            .count();
  }

  private int roomOf(At at) {
    return settings.ofBatch() - runningOf(at);
  }

  private int roomOfOrganization(At at) {
    return settings.ofOrganization()
        - (int)
            desk.running().values().stream()
                .filter(run -> run.batch().organizationId() == at.batch.organizationId())
                .count();
  }

  private void run(At at, List<Lines.Claimed> claimed) {
    for (Lines.Claimed line : claimed) {
      InputLine input;
      try {
        byte[] bytes = at.input.bytes(line.place().at(), line.place().length());
        input = InputLine.read(bytes, at.batch.endpoint());
      } catch (InputLine.Wrong | ServiceException e) { // recovery gives back what was claimed
        log.error("batch {} cannot be read", at.batch.id(), e);
        fail(at.batch, UNREADABLE, clock.instant());
        return;
      }
      desk.run(at.batch, at.caller, line, input, after -> after(at, after));
    }
  }

  private void after(At at, LineDesk.After after) {
    ServiceException waits = after.waits();
    if (waits != null) {
      boolean noted = isPaused(at);
      if (!noted) {
        boolean grows = waits.code() == ErrorCode.ENGINE_FAILED;
        at.pauses = grows ? Math.min(at.pauses + 1, PAUSE_DOUBLES + 1) : 1;
        long pause = settings.tryAfter().toNanos() << (at.pauses - 1);
        at.pausedUntilNanos = System.nanoTime() + pause;
        at.paused = true;
        log.info("batch {} waits: {}", at.batch.id(), waits.code().wire());
        if (waits.code() != ErrorCode.SERVER_DRAINING) { // no other replica waits for that
          block(at, BlockedBy.of(waits));
        }
      }
    } else if (after.done()) {
      at.ran = true;
      at.pauses = 0;
      if (at.paused || at.batch.blocked() != null) {
        at.paused = false;
        block(at, null);
      }
    }
    wake.release(); // there is room for another line
  }

  private void block(At at, @Nullable BlockedBy why) {
    try {
      batches.block(at.batch.id(), why == null ? null : json.writeValueAsString(why));
    } catch (DataAccessException e) {
      log.info("batch {}: what it waits for is not noted: {}", at.batch.id(), e.toString());
    }
  }

  /** Lines that run have had their time: the relay has stopped them. Their rows must say so. */
  @Override
  public void stop() {
    working = false;
    wake();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    while (!(desk.running().isEmpty() && busy.isEmpty()) && System.nanoTime() < end) {
      LockSupport.parkNanos(STOP_LOOK_NANOS);
    }
  }

  @Override
  public boolean isRunning() {
    return working;
  }

  /** After the relay, which lets what runs come to its end; before the journal. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1;
  }
}
