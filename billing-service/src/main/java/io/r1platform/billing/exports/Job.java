package io.r1platform.billing.exports;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An export that a job writes.
 *
 * @param columns empty: all
 * @param place below its target
 * @param scheduleId which had it made; null: a person
 */
record Job(
    long id,
    @Nullable Long organizationId,
    @Nullable Long projectId,
    String dataset,
    FileFormat format,
    List<String> columns,
    Instant from,
    Instant to,
    @Nullable String target,
    String place,
    Status status,
    long rowsRead,
    @Nullable String error,
    @Nullable String manifest,
    boolean byOperator,
    String requestedBy,
    Instant createdAt,
    @Nullable Instant finishedAt,
    boolean filesGone,
    @Nullable Long scheduleId) {
  enum Status {
    WAITING,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Job {
    columns = List.copyOf(columns);
  }

  Scope scope(Datasets datasets) {
    return Scope.of(datasets.named(dataset), from, to, organizationId)
        .ofProject(projectId)
        .selecting(columns);
  }
}
