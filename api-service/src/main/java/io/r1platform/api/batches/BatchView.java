package io.r1platform.api.batches;

import io.r1platform.api.batches.Batch.Status;
import io.r1platform.api.files.StoredFile;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * OpenAI's batch on the wire; times are Unix seconds.
 *
 * @param blocked_by ours: why none of its lines starts
 */
record BatchView(
    String id,
    String object,
    String endpoint,
    @Nullable Errors errors,
    String input_file_id,
    String completion_window,
    String status,
    @Nullable String output_file_id,
    @Nullable String error_file_id,
    long created_at,
    @Nullable Long in_progress_at,
    long expires_at,
    @Nullable Long finalizing_at,
    @Nullable Long completed_at,
    @Nullable Long failed_at,
    @Nullable Long expired_at,
    @Nullable Long cancelling_at,
    @Nullable Long cancelled_at,
    Counts request_counts,
    @Nullable JsonNode metadata,
    @Nullable JsonNode blocked_by) {

  record Errors(String object, JsonNode data) {}

  /** Of lines; {@code failed} ones are in the error file. */
  record Counts(int total, int completed, int failed) {}

  record Page(
      String object,
      List<BatchView> data,
      @Nullable String first_id,
      @Nullable String last_id,
      boolean has_more) {}

  static BatchView of(Batch batch, JsonMapper json) {
    String errors = batch.errors();
    return new BatchView(
        batch.wireId(),
        "batch",
        batch.endpoint().path(),
        errors == null ? null : new Errors("list", json.readTree(errors)),
        StoredFile.wire(batch.inputFileId()),
        "24h",
        batch.status().wire(),
        file(batch.outputFileId()),
        file(batch.errorFileId()),
        batch.createdAt().getEpochSecond(),
        seconds(batch.startedAt()),
        batch.expiresAt().getEpochSecond(),
        seconds(batch.finalizingAt()),
        endedAs(batch, Status.COMPLETED),
        endedAs(batch, Status.FAILED),
        endedAs(batch, Status.EXPIRED),
        seconds(batch.cancellingAt()),
        endedAs(batch, Status.CANCELLED),
        new Counts(batch.total(), batch.completed(), batch.failed()),
        tree(batch.metadata(), json),
        tree(batch.blocked(), json));
  }

  private static @Nullable String file(@Nullable UUID id) {
    return id == null ? null : StoredFile.wire(id);
  }

  private static @Nullable Long seconds(@Nullable Instant time) {
    return time == null ? null : Long.valueOf(time.getEpochSecond());
  }

  private static @Nullable Long endedAs(Batch batch, Status status) {
    return batch.status() == status ? seconds(batch.endedAt()) : null;
  }

  private static @Nullable JsonNode tree(@Nullable String text, JsonMapper json) {
    return text == null ? null : json.readTree(text);
  }
}
