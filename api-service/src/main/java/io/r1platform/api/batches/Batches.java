package io.r1platform.api.batches;

import io.r1platform.api.batches.Batch.Status;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.files.Files;
import io.r1platform.api.files.StoredFile;
import io.r1platform.api.idempotency.KeyedRequest;
import io.r1platform.api.keys.Caller;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes, finds and cancels batches of a project. Blocks. */
@Component
class Batches {
  private static final Duration WINDOW = Duration.ofHours(24);
  private static final Duration KEY_STANDS = Duration.ofHours(24);
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int CANCEL_TRIES = 40;
  private static final long CANCEL_PAUSE_NANOS = 50_000_000;

  private final BatchTable table;
  private final Files files;
  private final BatchWork work;
  private final BatchSettings settings;
  private final TransactionTemplate transaction;
  private final Clock clock;

  /** A batch that was made, now or before under the same key. */
  record Made(Batch batch, boolean replayed) {}

  Batches(
      BatchTable table,
      Files files,
      BatchWork work,
      BatchSettings settings,
      PlatformTransactionManager transactions,
      Clock clock) {
    this.table = table;
    this.files = files;
    this.work = work;
    this.settings = settings;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  /**
   * Makes a batch, unless one was made under that key.
   *
   * @param keyed null if the client sent no key
   */
  Made create(Caller caller, BatchRequest request, @Nullable KeyedRequest keyed) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Made made =
        transaction.execute(
            status -> {
              table.lock(caller.projectId());
              Optional<Batch> first = keyed == null ? Optional.empty() : first(keyed, now);
              return first
                  .map(batch -> new Made(batch.asItWasMade(), true))
                  .orElseGet(() -> new Made(insert(caller, request, keyed, now), false));
            });
    work.wake();
    return made;
  }

  private Optional<Batch> first(KeyedRequest keyed, Instant now) {
    Instant expired = now.minus(KEY_STANDS);
    table.freeKey(keyed.projectId(), keyed.keySha256(), expired);
    Optional<BatchTable.Keyed> first = table.find(keyed.projectId(), keyed.keySha256(), expired);
    if (first.isPresent() && !first.get().bodySha256().equals(keyed.bodySha256())) {
      throw ServiceException.about(
          ErrorCode.IDEMPOTENCY_CONFLICT,
          KeyedRequest.HEADER,
          "This key came with another body before. No batch was made. Use another key.");
    }
    return first.map(BatchTable.Keyed::batch);
  }

  private Batch insert(
      Caller caller, BatchRequest request, @Nullable KeyedRequest keyed, Instant now) {
    StoredFile file =
        StoredFile.id(request.inputFileId())
            .flatMap(id -> files.find(caller.projectId(), id))
            .filter(found -> found.purpose().equals("batch"))
            .orElseThrow(Batches::noFile);
    if (table.openOf(caller.projectId()) >= settings.projectOpen()) {
      throw ServiceException.later(
          ErrorCode.RATE_LIMIT_EXCEEDED,
          SOON,
          "This project has %d batches that have not ended, as many as it may. Send it again when"
              .concat(" one has.")
              .formatted(settings.projectOpen()));
    }
    if (!files.use(file.id())) {
      throw noFile();
    }
    Batch batch = Batch.made(UUID.randomUUID(), caller, file.id(), request, now, now.plus(WINDOW));
    table.insert(
        batch, keyed == null ? null : keyed.keySha256(), keyed == null ? null : keyed.bodySha256());
    return batch;
  }

  /** A batch of the project. Fails with 404. */
  Batch find(long projectId, String id) {
    return Batch.id(id).flatMap(uuid -> table.find(projectId, uuid)).orElseThrow(Batches::unknown);
  }

  List<Batch> page(long projectId, @Nullable Batch after, int limit) {
    return table.page(projectId, after, limit);
  }

  /**
   * Cancels a batch: lines that run may end, for a while. Fails with 409 if it is too late, or
   * while its file is read for longer than a moment; no connection waits for that.
   */
  Batch cancel(long projectId, String id) {
    Batch batch = find(projectId, id);
    for (int left = CANCEL_TRIES; left > 0; left--) {
      Instant now = clock.instant();
      boolean cancelled = table.cancel(batch.id(), now, now.plus(settings.stopWait()));
      batch = find(projectId, id);
      if (cancelled || batch.status() == Status.CANCELLING) {
        work.wake();
        return batch;
      }
      if (batch.status() != Status.VALIDATING && batch.status() != Status.IN_PROGRESS) {
        throw ServiceException.of(
            ErrorCode.INVALID_STATE, "This batch ends already, or has ended. Nothing was changed.");
      }
      LockSupport.parkNanos(CANCEL_PAUSE_NANOS);
    }
    throw ServiceException.of(
        ErrorCode.INVALID_STATE,
        "The batch's file is being read. Nothing was changed. Cancel it again in a moment.");
  }

  private static ServiceException noFile() {
    return ServiceException.about(
        ErrorCode.NOT_FOUND,
        "input_file_id",
        "This file does not exist, is no input of batches, or this key may not see it.");
  }

  private static ServiceException unknown() {
    return ServiceException.about(
        ErrorCode.NOT_FOUND, "id", "This batch does not exist or this key may not see it.");
  }
}
