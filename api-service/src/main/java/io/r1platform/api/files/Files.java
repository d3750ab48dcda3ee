package io.r1platform.api.files;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.AnswerCipher;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The one way to tenants' files. Blocks. Memory is a chunk of each that is read or written. */
@Component
public class Files {
  /** Bytes of a chunk. */
  public static final int CHUNK = 1 << 20;

  /** The purpose of what batches write. */
  private static final String OUTPUT = "batch_output";

  private static final Duration KEY_STANDS = Duration.ofHours(24);
  private static final Logger log = LoggerFactory.getLogger(Files.class);

  private final FileTable table;
  private final AnswerCipher cipher;
  private final FileSettings settings;
  private final TransactionTemplate transaction;
  private final Clock clock;

  /** A file that was uploaded, now or before under the same key. */
  record Uploaded(StoredFile file, boolean replayed) {}

  Files(
      FileTable table,
      AnswerCipher cipher,
      FileSettings settings,
      PlatformTransactionManager transactions,
      Clock clock) {
    this.table = table;
    this.cipher = cipher;
    this.settings = settings;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  /** A whole file of that project, if it is not over. */
  public Optional<StoredFile> find(long projectId, UUID id) {
    return table.find(projectId, id, clock.instant());
  }

  /** The content of a file. Fails with 404 where that is gone meanwhile. */
  public FileContent content(UUID id, long bytes) {
    return new FileContent(bytes, ord -> open(id, ord));
  }

  private byte[] open(UUID id, int ord) {
    return table
        .chunk(id, ord)
        .flatMap(stored -> cipher.open(stored, row(id, ord)))
        .orElseThrow(() -> FileContent.gone(id));
  }

  /** Begins a file that a batch writes, in the caller's transaction, which also ends it. */
  public FileWriter output(long projectId, String filename, @Nullable Duration keepFor) {
    return begin(projectId, OUTPUT, filename, keepFor);
  }

  /** Ends it. */
  public void end(FileWriter writer, long projectId, String filename, @Nullable Duration keepFor) {
    writer.flush();
    StoredFile file = file(writer, projectId, OUTPUT, filename, keepFor);
    if (!table.finish(file, null, null)) {
      throw new IllegalStateException("file " + writer.id() + " was removed while it was written");
    }
  }

  /** A batch reads it from now on, so that it stays. False if it is not there. */
  public boolean use(UUID id) {
    return table.use(id, 1);
  }

  /** A batch reads it no more. */
  public void leave(UUID id) {
    table.use(id, -1);
  }

  /** Begins an upload. Fails with 409 where the project has as many files, or bytes, as it may. */
  FileWriter upload(long projectId) {
    checkRoom(projectId, 0);
    return begin(projectId, "batch", "upload", null);
  }

  private FileWriter begin(
      long projectId, String purpose, String filename, @Nullable Duration keepFor) {
    UUID id = UUID.randomUUID();
    var writer =
        new FileWriter(
            id, (chunk, ord) -> table.putChunk(id, ord, cipher.seal(chunk, row(id, ord))));
    table.begin(file(writer, projectId, purpose, filename, keepFor));
    return writer;
  }

  private StoredFile file(
      FileWriter writer,
      long projectId,
      String purpose,
      String filename,
      @Nullable Duration keepFor) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return new StoredFile(
        writer.id(),
        projectId,
        purpose,
        filename,
        writer.bytes(),
        now,
        now.plus(keepFor == null ? settings.keepFor() : keepFor));
  }

  /**
   * Ends an upload. Under a key that stands, the first file counts, if it was the same; else 409.
   *
   * @param keySha256 of the client's key, null if it sent none
   * @param contentSha256 of all that it sent
   */
  Uploaded end(
      FileWriter writer,
      long projectId,
      String filename,
      @Nullable Duration keepFor,
      @Nullable String keySha256,
      String contentSha256) {
    writer.flush();
    return transaction.execute(
        status -> {
          table.lock(projectId);
          if (keySha256 != null) {
            Instant now = clock.instant();
            Instant expired = now.minus(KEY_STANDS);
            table.freeKey(projectId, keySha256, expired, now);
            FileTable.Keyed first = table.find(projectId, keySha256, expired).orElse(null);
            if (first != null) {
              table.delete(writer.id());
              if (!first.contentSha256().equals(contentSha256)) {
                throw conflict();
              }
              return new Uploaded(first.file(), true);
            }
          }
          checkRoom(projectId, writer.bytes());
          StoredFile file = file(writer, projectId, "batch", filename, keepFor);
          if (!table.finish(file, keySha256, keySha256 == null ? null : contentSha256)) {
            throw ServiceException.of(
                ErrorCode.REQUEST_TIMEOUT, "The upload took too long. Send it again.");
          }
          return new Uploaded(file, false);
        });
  }

  /** Removes an upload that came to nothing. */
  void abandon(FileWriter writer) {
    try {
      table.delete(writer.id());
    } catch (DataAccessException e) { // the sweep will
      log.info("upload {} is not removed yet: {}", writer.id(), e.toString());
    }
  }

  /** Removes a file. Fails with 404, and with 409 while a batch reads it. */
  void delete(long projectId, UUID id) {
    if (table.find(projectId, id, clock.instant()).isEmpty()) {
      throw ServiceException.notFound("This file");
    }
    if (!table.delete(id) && table.find(projectId, id, clock.instant()).isPresent()) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE,
          "A batch that has not ended reads this file. Cancel it or wait for its end.");
    }
  }

  List<StoredFile> page(
      long projectId,
      @Nullable String purpose,
      @Nullable StoredFile after,
      boolean newestFirst,
      int limit) {
    return table.page(projectId, purpose, after, newestFirst, limit, clock.instant());
  }

  private void checkRoom(long projectId, long more) {
    FileTable.Usage used = table.usage(projectId);
    if (used.files() >= settings.projectFiles()) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE,
          "This project has %d files, as many as it may. Delete some.".formatted(used.files()));
    }
    if (used.bytes() + more > settings.projectBytes().toBytes()) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE,
          "The files of this project have %d bytes, and may have %d. Delete some."
              .formatted(used.bytes(), settings.projectBytes().toBytes()));
    }
  }

  /** Removes what is over. */
  @Scheduled(fixedDelayString = "1m", initialDelayString = "1m")
  void sweep() {
    Instant now = clock.instant();
    try {
      while (table.sweep(now, now.minus(settings.uploadWait()))) {
        log.debug("more files are over");
      }
    } catch (DataAccessException e) {
      log.warn("old files could not be removed: {}", e.toString());
    }
  }

  private static String row(UUID id, int ord) {
    return "file %s %d".formatted(id, ord);
  }

  private static ServiceException conflict() {
    return ServiceException.about(
        ErrorCode.IDEMPOTENCY_CONFLICT,
        "Idempotency-Key",
        "This key came with another body before. Nothing was stored. Use another key.");
  }
}
