package io.r1platform.api.requests;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one request was, how fast, and what it cost.
 *
 * @param eventId UUIDv7, the {@code x-request-id}
 * @param organizationId who pays
 * @param projectId its project
 * @param keyId the API key
 * @param modelId the model
 * @param model its name
 * @param upstream the server behind it
 * @param replica the gateway and its epoch
 * @param streamed whether the answer was a stream
 * @param hit charged cached prompt tokens
 * @param miss charged other prompt tokens
 * @param reasoning charged reasoning tokens
 * @param answer charged answer tokens
 * @param waivedInput prompt tokens not charged
 * @param waivedOutput output tokens not charged
 * @param ttftMillis time to the first token, null if none came
 * @param gapMedianMicros the time between two tokens that half of them kept; null if not streamed
 * @param gapP95Micros that 95 of 100 kept; null if not streamed
 * @param finish how it ended, as in reports
 * @param amountPico its cost in pico-dollars
 * @param priceSha256 hash of the price version, 64 hex digits
 * @param priceVersion the version's public name
 * @param window price window, 0: any time
 * @param admittedAt when it was admitted
 * @param finishedAt when it ended
 */
public record LoggedRequest(
    UUID eventId,
    long organizationId,
    long projectId,
    long keyId,
    int modelId,
    String model,
    String upstream,
    String replica,
    boolean streamed,
    int hit,
    int miss,
    int reasoning,
    int answer,
    int waivedInput,
    int waivedOutput,
    @Nullable Integer ttftMillis,
    @Nullable Long gapMedianMicros,
    @Nullable Long gapP95Micros,
    String finish,
    long amountPico,
    String priceSha256,
    String priceVersion,
    int window,
    Instant admittedAt,
    Instant finishedAt) {

  /** UTC day of an id, its partition. */
  static LocalDate bucket(UUID eventId) {
    return LocalDate.ofInstant(
        Instant.ofEpochMilli(eventId.getMostSignificantBits() >>> 16), ZoneOffset.UTC);
  }
}
