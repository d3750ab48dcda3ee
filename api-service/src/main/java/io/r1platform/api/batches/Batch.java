package io.r1platform.api.batches;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.relay.LineRuns.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the database has it.
 *
 * @param keyId whose key made it, and pays
 * @param metadata a JSON object, null if it has none
 * @param outputSeconds how long its output is kept, null: as long as any file
 * @param outcome how it will end, null while that is open
 * @param stopAt when its running lines are stopped, null if never
 * @param completed lines with an answer
 * @param failed lines with an error
 * @param errors of the whole, a JSON array; null if there are none
 * @param blocked why none of its lines starts, a JSON object; null if nothing stands in the way
 */
record Batch(
    UUID id,
    long projectId,
    long organizationId,
    long keyId,
    UUID inputFileId,
    Endpoint endpoint,
    @Nullable String metadata,
    @Nullable Integer outputSeconds,
    Status status,
    @Nullable Status outcome,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant startedAt,
    @Nullable Instant finalizingAt,
    @Nullable Instant cancellingAt,
    @Nullable Instant stopAt,
    @Nullable Instant endedAt,
    int total,
    int completed,
    int failed,
    @Nullable UUID outputFileId,
    @Nullable UUID errorFileId,
    @Nullable String errors,
    @Nullable String blocked) {
  private static final String PREFIX = "batch_";
  private static final Pattern WIRE = Pattern.compile(PREFIX + "[0-9a-f]{32}");

  /** OpenAI's states. */
  enum Status {
    VALIDATING,
    IN_PROGRESS,
    FINALIZING,
    CANCELLING,
    COMPLETED,
    FAILED,
    EXPIRED,
    CANCELLED;

    String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Status of(String wire) {
      return valueOf(wire.toUpperCase(java.util.Locale.ROOT));
    }
  }

  /** A new one of a caller, of this file. */
  static Batch made(
      UUID id, Caller caller, UUID fileId, BatchRequest request, Instant now, Instant expires) {
    Duration kept = request.outputKeptFor();
    return new Batch(
        id,
        caller.projectId(),
        caller.organizationId(),
        caller.keyId(),
        fileId,
        request.endpoint(),
        request.metadata(),
        kept == null ? null : Math.toIntExact(kept.toSeconds()),
        now,
        expires);
  }

  private Batch(
      UUID id,
      long projectId,
      long organizationId,
      long keyId,
      UUID inputFileId,
      Endpoint endpoint,
      @Nullable String metadata,
      @Nullable Integer outputSeconds,
      Instant createdAt,
      Instant expiresAt) {
    this(
        id,
        projectId,
        organizationId,
        keyId,
        inputFileId,
        endpoint,
        metadata,
        outputSeconds,
        Status.VALIDATING,
        null,
        createdAt,
        expiresAt,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        0,
        null,
        null,
        null,
        null);
  }

  /** As it was when it was made. */
  Batch asItWasMade() {
    return new Batch(
        id,
        projectId,
        organizationId,
        keyId,
        inputFileId,
        endpoint,
        metadata,
        outputSeconds,
        createdAt,
        expiresAt);
  }

  /** Its id as tenants see it. */
  String wireId() {
    return PREFIX + hex();
  }

  /** Its id in 32 hex digits. */
  String hex() {
    return id.toString().replace("-", "");
  }

  /** The id that tenants see as this text; empty if it is none. */
  static Optional<UUID> id(String wire) {
    if (!WIRE.matcher(wire).matches()) {
      return Optional.empty();
    }
    String hex = wire.substring(PREFIX.length());
    return Optional.of(
        new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16)));
  }
}
