package io.r1platform.billing.usage;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What an engine generated for one attempt of one request.
 *
 * @param eventId the request, UUIDv7
 * @param attempt 1 or more
 * @param modelId the model that ran
 * @param replicaId the gateway that asked
 * @param epoch its epoch then
 * @param hit cached prompt tokens
 * @param miss other prompt tokens
 * @param reasoning output tokens up to the end of the reasoning
 * @param output all output tokens, reasoning included
 * @param finish stop, length, cancelled, deadline or error
 * @param outputSha256 hash of the token ids in hexadecimal, null if there are none
 * @param startedAt when it began
 * @param endedAt when it stopped
 */
record EngineReceipt(
    UUID eventId,
    int attempt,
    int modelId,
    long replicaId,
    int epoch,
    int hit,
    int miss,
    int reasoning,
    int output,
    String finish,
    @Nullable String outputSha256,
    OffsetDateTime startedAt,
    OffsetDateTime endedAt) {
  private static final int UUID_VERSION = 7;
  private static final Pattern FINISH = Pattern.compile("[a-z_]{1,32}");
  private static final Duration MOST_FROM_ID = Duration.ofDays(2);
  private static final int HASH_BYTES = 32;

  EngineReceipt {
    boolean sound =
        eventId.version() == UUID_VERSION
            && attempt >= 1
            && (hit | miss | reasoning | output) >= 0
            && reasoning <= output
            && FINISH.matcher(finish).matches()
            && near(mintedAt(eventId), startedAt)
            && near(mintedAt(eventId), endedAt)
            && (outputSha256 == null || HexFormat.of().parseHex(outputSha256).length == HASH_BYTES);
    if (!sound) {
      throw new IllegalArgumentException("fields contradict each other");
    }
  }

  /** Reads one receipt, or nothing if it is not one. */
  static Optional<EngineReceipt> read(JsonNode json) {
    try {
      String[] replica = text(json, "replica").split("\\.", -1);
      String hash = json.path("output_sha256").asString("");
      return Optional.of(
          new EngineReceipt(
              UUID.fromString(text(json, "event_id")),
              number(json, "attempt"),
              number(json, "model_id"),
              Long.parseLong(replica[0]),
              Integer.parseInt(replica[1]),
              number(json, "tok_hit"),
              number(json, "tok_miss"),
              number(json, "tok_reason"),
              number(json, "tok_out"),
              text(json, "finish"),
              hash.isEmpty() ? null : hash,
              moment(json, "started_at"),
              moment(json, "ended_at")));
    } catch (IllegalArgumentException
        | IndexOutOfBoundsException
        | DateTimeException
        | JacksonException e) {
      return Optional.empty();
    }
  }

  /** UTC day of the id. */
  LocalDate bucket() {
    return LocalDate.ofInstant(mintedAt(eventId), ZoneOffset.UTC);
  }

  private static Instant mintedAt(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
  }

  private static boolean near(Instant minted, OffsetDateTime moment) {
    return Duration.between(minted, moment.toInstant()).abs().compareTo(MOST_FROM_ID) <= 0;
  }

  private static String text(JsonNode json, String member) {
    return json.required(member).asString();
  }

  private static int number(JsonNode json, String member) {
    return json.required(member).asInt();
  }

  private static OffsetDateTime moment(JsonNode json, String member) {
    return Instant.parse(text(json, member)).atOffset(ZoneOffset.UTC);
  }
}
