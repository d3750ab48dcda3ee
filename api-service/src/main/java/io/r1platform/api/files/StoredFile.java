package io.r1platform.api.files;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A whole file.
 *
 * @param purpose {@code batch} or {@code batch_output}
 * @param bytes its length
 */
public record StoredFile(
    UUID id,
    long projectId,
    String purpose,
    String filename,
    long bytes,
    Instant createdAt,
    Instant expiresAt) {
  private static final String PREFIX = "file-";
  private static final Pattern WIRE = Pattern.compile(PREFIX + "[0-9a-f]{32}");

  /** An id as tenants see it. */
  public static String wire(UUID id) {
    return PREFIX + id.toString().replace("-", "");
  }

  /** The id that tenants see as this text; empty if it is none. */
  public static Optional<UUID> id(String wire) {
    if (!WIRE.matcher(wire).matches()) {
      return Optional.empty();
    }
    String hex = wire.substring(PREFIX.length());
    return Optional.of(
        new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16)));
  }
}
