package io.r1platform.api.batches;

import io.r1platform.api.batches.Batch.Status;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.files.FileContent;
import io.r1platform.api.files.Files;
import io.r1platform.api.files.StoredFile;
import io.r1platform.api.relay.LineRuns;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks the input file of a batch and notes where its lines are, in one transaction: whoever dies
 * in it has done nothing. Memory is a chunk, a line, and the names of all lines.
 */
@Component
class Validation {
  private static final int MOST_FAULTS = 100;
  private static final int INSERTED_AT_ONCE = 1_000;
  private static final Logger log = LoggerFactory.getLogger(Validation.class);

  private final BatchTable batches;
  private final Lines lines;
  private final Files files;
  private final LineRuns runs;
  private final BatchSettings settings;
  private final JsonMapper json;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Validation(
      BatchTable batches,
      Lines lines,
      Files files,
      LineRuns runs,
      BatchSettings settings,
      JsonMapper json,
      PlatformTransactionManager transactions,
      Clock clock) {
    this.batches = batches;
    this.lines = lines;
    this.files = files;
    this.runs = runs;
    this.settings = settings;
    this.json = json;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  /**
   * Validates a batch, unless another replica does or has. Says whether it did. A file that cannot
   * be read fails it; a database that is away throws.
   */
  boolean validate(UUID batchId) {
    try {
      return taken(batchId, this::read);
    } catch (ServiceException | DataIntegrityViolationException | IllegalStateException e) {
      log.error("batch {} cannot be validated", batchId, e);
      return fail(
          batchId,
          "input_unreadable",
          "The input file could not be read. Nothing was charged. Upload it again.");
    }
  }

  /** Ends a batch that could not be validated within its day. */
  boolean expire(UUID batchId) {
    return fail(
        batchId,
        "batch_expired",
        "The file could not be validated within the batch's time. Nothing was charged.");
  }

  private boolean fail(UUID batchId, String code, String message) {
    return taken(
        batchId, batch -> reject(batch, List.of(new BatchFault(code, null, message, null))));
  }

  private boolean taken(UUID batchId, Consumer<Batch> use) {
    boolean did =
        Boolean.TRUE.equals(
            transaction.execute(
                status -> {
                  Optional<Batch> batch = batches.take(batchId, List.of(Status.VALIDATING));
                  batch.ifPresent(use);
                  return batch.isPresent();
                }));
    if (did) {
      lines.forget(batchId); // of one that is none
    }
    return did;
  }

  private void read(Batch batch) {
    var scan = new Scan(batch);
    StoredFile file = files.find(batch.projectId(), batch.inputFileId()).orElse(null);
    if (file == null) {
      scan.faults.add(
          new BatchFault("not_found", null, "The input file is gone.", "input_file_id"));
    } else {
      scan.read(files.content(file.id(), file.bytes()));
    }
    if (scan.faults.isEmpty()) {
      batches.begin(batch.id(), scan.count, clock.instant());
      log.info("batch {} has {} lines", batch.id(), scan.count);
    } else {
      reject(batch, scan.faults);
    }
  }

  private void reject(Batch batch, List<BatchFault> faults) {
    batches.reject(batch.id(), json.writeValueAsString(faults), clock.instant());
    files.leave(batch.inputFileId());
    log.info("batch {} is none: {}", batch.id(), faults.getFirst().code());
  }

  /** One pass over a file. */
  private final class Scan {
    private final Batch batch;
    private final List<BatchFault> faults = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final List<Lines.Place> places = new ArrayList<>();
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    private int number;
    private int count;
    private long begin;
    private boolean tooLong;

    Scan(Batch batch) {
      this.batch = batch;
    }

    void read(FileContent content) {
      long at = 0;
      for (int ord = 0; ord < content.chunks() && faults.size() < MOST_FAULTS; ord++) {
        byte[] chunk = content.chunk(ord);
        int from = 0;
        for (int i = 0; i < chunk.length && faults.size() < MOST_FAULTS; i++) {
          if (chunk[i] == '\n') {
            add(chunk, from, i - from);
            line();
            from = i + 1;
            begin = at + from;
          }
        }
        add(chunk, from, chunk.length - from);
        at += chunk.length;
      }
      if (faults.size() < MOST_FAULTS) {
        line();
      }
      if (count == 0 && faults.isEmpty()) {
        faults.add(new BatchFault("empty_file", null, "The input file has no line.", null));
      }
      flush();
    }

    private void add(byte[] bytes, int from, int length) {
      tooLong = tooLong || rest.size() + length > settings.lineLimit().toBytes();
      if (!tooLong) {
        rest.write(bytes, from, length);
      }
    }

    private void line() {
      number++;
      byte[] line = rest.toByteArray();
      rest.reset();
      if (tooLong) {
        fault("request_too_large", null, "A line has at most " + settings.lineLimit() + ".");
      } else if (!isBlank(line)) {
        check(line);
      }
      tooLong = false;
    }

    private void check(byte[] line) {
      if (++count > settings.lines()) {
        if (count == settings.lines() + 1) {
          fault(
              "too_many_lines", null, "A batch has at most %d lines.".formatted(settings.lines()));
        }
        return;
      }
      try {
        InputLine read = InputLine.read(line, batch.endpoint());
        if (!names.add(read.customId())) {
          fault("duplicate_custom_id", "custom_id", "Another line has this custom_id.");
          return;
        }
        runs.check(batch.endpoint(), read.content());
        places.add(new Lines.Place(number, begin, line.length));
        if (places.size() == INSERTED_AT_ONCE) {
          flush();
        }
      } catch (InputLine.Wrong e) {
        fault(e.code(), e.param(), e.getMessage());
      } catch (ServiceException e) {
        String param = e.param();
        fault(e.code().wire(), param == null ? "body" : "body." + param, e.getMessage());
      }
    }

    private void fault(String code, @Nullable String param, @Nullable String message) {
      faults.add(new BatchFault(code, number, String.valueOf(message), param));
    }

    private void flush() {
      if (faults.isEmpty() && !places.isEmpty()) {
        lines.insert(batch.id(), places);
      }
      places.clear();
    }

    private static boolean isBlank(byte[] line) {
      for (byte each : line) {
        if (each != ' ' && each != '\t' && each != '\r') {
          return false;
        }
      }
      return true;
    }
  }
}
