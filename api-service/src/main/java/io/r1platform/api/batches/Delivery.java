package io.r1platform.api.batches;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.batches.Batch.Status;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.files.FileContent;
import io.r1platform.api.files.FileWriter;
import io.r1platform.api.files.Files;
import io.r1platform.api.files.StoredFile;
import io.r1platform.api.observability.Metric;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Ends a batch of which nothing runs any more: writes its files in one transaction, so that it has
 * ended as a whole or not at all, and then forgets its lines.
 */
@Component
class Delivery {
  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private final BatchTable batches;
  private final Lines lines;
  private final Files files;
  private final MeterRegistry meters;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Delivery(
      BatchTable batches,
      Lines lines,
      Files files,
      MeterRegistry meters,
      PlatformTransactionManager transactions,
      Clock clock) {
    this.batches = batches;
    this.lines = lines;
    this.files = files;
    this.meters = meters;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  /**
   * Delivers a batch, unless another replica does or has, or a line of it runs. Says whether it
   * did.
   */
  boolean deliver(UUID batchId) {
    boolean delivered =
        Boolean.TRUE.equals(
            transaction.execute(
                status -> {
                  Optional<Batch> batch =
                      batches
                          .take(batchId, List.of(Status.FINALIZING, Status.CANCELLING))
                          .filter(taken -> !lines.anyRuns(batchId));
                  batch.ifPresent(this::end);
                  return batch.isPresent();
                }));
    if (delivered) {
      lines.forget(batchId); // unless it goes on
    }
    return delivered;
  }

  private void end(Batch batch) {
    if (batch.outcome() == Status.COMPLETED && lines.anyOpen(batch.id())) {
      log.error("batch {} was to end, but a line of it waits: it goes on", batch.id());
      batches.resume(batch.id());
    } else {
      write(batch);
    }
  }

  private void write(Batch batch) {
    var out = new Output(batch);
    lines.each(batch.id(), out::add);
    Status ended = Objects.requireNonNull(batch.outcome());
    UUID output = out.end(out.output, "output");
    UUID error = out.end(out.error, "errors");
    batches.end(batch.id(), ended, clock.instant(), out.completed, out.failed, output, error);
    files.leave(batch.inputFileId());
    meters.counter(Metric.BATCHES_ENDED.id(), "status", ended.wire()).increment();
    log.info(
        "batch {} ended as {}: {} completed, {} failed",
        batch.id(),
        ended.wire(),
        out.completed,
        out.failed);
  }

  /** What is written. */
  private final class Output {
    private final Batch batch;
    private @Nullable FileWriter output;
    private @Nullable FileWriter error;
    private @Nullable FileContent input;
    private long readableFrom;
    private int completed;
    private int failed;

    Output(Batch batch) {
      this.batch = batch;
    }

    void add(Lines.Ended line) {
      byte[] reply = line.reply();
      if (line.done() && !line.failed() && reply != null) {
        completed++;
        output = opened(output, "output");
        output.add(reply, 0, reply.length);
        return;
      }
      failed++;
      error = opened(error, "errors");
      byte[] written = reply == null ? withoutReply(line) : reply;
      error.add(written, 0, written.length);
    }

    private FileWriter opened(@Nullable FileWriter writer, String what) {
      return writer == null ? files.output(batch.projectId(), name(what), keepFor()) : writer;
    }

    @Nullable UUID end(@Nullable FileWriter writer, String what) {
      if (writer == null) {
        return null;
      }
      files.end(writer, batch.projectId(), name(what), keepFor());
      return writer.id();
    }

    private byte[] withoutReply(Lines.Ended line) {
      String id = "%s_%d".formatted(batch.hex(), line.place().line());
      if (line.done()) {
        return OutputLine.failed(
            id,
            customId(line.place()),
            "answer_lost",
            "The line ran and was charged once, as request %s, but its answer was lost with the"
                .concat(" server that ran it.")
                .formatted(line.eventId()));
      }
      return switch (Objects.requireNonNull(batch.outcome())) {
        case EXPIRED ->
            OutputLine.failed(
                id,
                customId(line.place()),
                "batch_expired",
                "The batch's time was over before this line ran. Nothing was charged.");
        case FAILED ->
            OutputLine.failed(
                id,
                customId(line.place()),
                "batch_failed",
                "The batch was stopped before this line ran; its errors say why. Nothing was"
                    + " charged.");
        default ->
            OutputLine.failed(
                id,
                customId(line.place()),
                "batch_cancelled",
                "The batch was cancelled before this line ran. Nothing was charged.");
      };
    }

    /** Null where its part of the input cannot be read any more, which is tried once a chunk. */
    private @Nullable String customId(Lines.Place place) {
      if (place.at() < readableFrom) {
        return null;
      }
      try {
        return InputLine.read(input().bytes(place.at(), place.length()), batch.endpoint())
            .customId();
      } catch (InputLine.Wrong e) {
        throw new IllegalStateException("a line that was checked is wrong", e);
      } catch (ServiceException e) {
        log.error("batch {}: input from {} on cannot be read", batch.id(), place.at(), e);
        readableFrom = (place.at() / Files.CHUNK + 1) * Files.CHUNK;
        return null;
      }
    }

    private FileContent input() {
      FileContent content = input;
      if (content == null) {
        StoredFile file =
            files
                .find(batch.projectId(), batch.inputFileId())
                .orElseThrow(() -> new IllegalStateException("a file that is used was removed"));
        content = files.content(file.id(), file.bytes());
        input = content;
      }
      return content;
    }

    private String name(String what) {
      return "%s_%s.jsonl".formatted(batch.wireId(), what);
    }

    private @Nullable Duration keepFor() {
      Integer seconds = batch.outputSeconds();
      return seconds == null ? null : Duration.ofSeconds(seconds);
    }
  }
}
