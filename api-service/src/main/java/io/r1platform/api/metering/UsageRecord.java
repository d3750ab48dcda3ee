package io.r1platform.api.metering;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Tokens;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * One request as the journal, the wire and the ledger know it. An ADMIT has zero counts and the
 * finish {@link Finish#ADMIT}.
 *
 * @param finish how it ended
 * @param stream whether the client asked for a stream
 * @param recovered whether somebody other than the serving gateway wrote it
 * @param gatewaysCount whether the counts are the gateway's, not the engine's exact ones
 * @param batch whether it is a line of a batch
 * @param origin whose server generated the tokens
 * @param waiver why tokens were waived
 * @param modelId the model
 * @param eventId UUIDv7 minted when the request came
 * @param organizationId who pays
 * @param projectId the project
 * @param keyId the API key
 * @param admittedAtMicros µs since 1970
 * @param finishedAtMicros µs since 1970, 0 in an ADMIT
 * @param charged what is charged
 * @param waivedInput prompt tokens not charged
 * @param waivedOutput output tokens not charged
 * @param ttftMillis from admission to the first token, 0 if there was none
 * @param window price window
 * @param priceSha256 content hash of the price version, 64 hex digits
 * @param amount the charge
 * @param salt against guessing
 * @param outputSha256 hash of the generated token ids, 64 hex digits, zeros if unknown
 */
public record UsageRecord(
    Finish finish,
    boolean stream,
    boolean recovered,
    boolean gatewaysCount,
    boolean batch,
    Origin origin,
    Waiver waiver,
    int modelId,
    UUID eventId,
    long organizationId,
    long projectId,
    long keyId,
    long admittedAtMicros,
    long finishedAtMicros,
    Tokens charged,
    int waivedInput,
    int waivedOutput,
    int ttftMillis,
    int window,
    String priceSha256,
    Pico amount,
    Salt salt,
    String outputSha256) {
  /** The hash that stands for "unknown". */
  public static final String NO_HASH = "0".repeat(64);

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public UsageRecord {
    if (eventId.version() != 7) {
      throw new IllegalArgumentException("event id is not a UUIDv7: " + eventId);
    }
    if (!SHA256.matcher(priceSha256).matches() || !SHA256.matcher(outputSha256).matches()) {
      throw new IllegalArgumentException("a SHA-256 has 64 hex digits");
    }
    if (waivedInput < 0 || waivedOutput < 0 || ttftMillis < 0) {
      throw new IllegalArgumentException("negative count");
    }
  }

  /** UTC day of the event id: where the event lives in the journal. */
  LocalDate bucket() {
    return bucket(eventId);
  }

  /** UTC day of an event id. */
  static LocalDate bucket(UUID eventId) {
    return Instant.ofEpochMilli(eventId.getMostSignificantBits() >>> 16)
        .atOffset(ZoneOffset.UTC)
        .toLocalDate();
  }

  /** The FINAL of this ADMIT when nobody knows what became of it: nothing is charged. */
  UsageRecord lost(long nowMicros) {
    return new UsageRecord(
        Finish.LOST,
        stream,
        true,
        true,
        batch,
        origin,
        Waiver.LOST,
        modelId,
        eventId,
        organizationId,
        projectId,
        keyId,
        admittedAtMicros,
        nowMicros,
        Tokens.NONE,
        0,
        0,
        0,
        window,
        priceSha256,
        Pico.ZERO,
        salt,
        NO_HASH);
  }
}
