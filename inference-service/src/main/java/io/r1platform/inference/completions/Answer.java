package io.r1platform.inference.completions;

import io.r1platform.inference.errors.OpenAiError;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.models.ModelCard;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * The objects of one answer.
 *
 * @param json writes them
 * @param id as in {@code chatcmpl-…}
 * @param created Unix seconds
 * @param card the model
 */
record Answer(JsonMapper json, String id, long created, ModelCard card) {
  private static final String CHUNK = "chat.completion.chunk";
  private static final String CUT_OFF = "insufficient_system_resource";

  byte[] chunk(Wire.Delta delta, @Nullable String finishReason) {
    return json.writeValueAsBytes(
        new Wire.Chunk(
            id,
            CHUNK,
            created,
            card.name(),
            card.systemFingerprint(),
            List.of(new Wire.ChunkChoice(0, delta, finishReason)),
            null));
  }

  byte[] usageChunk(Ended ended) {
    return json.writeValueAsBytes(
        new Wire.UsageChunk(
            id,
            CHUNK,
            created,
            card.name(),
            card.systemFingerprint(),
            List.of(),
            Wire.Usage.of(ended.usage()),
            Wire.R1.of(ended)));
  }

  byte[] completion(Ended ended, Wire.Message message) {
    ServiceException failure = ended.failure();
    return json.writeValueAsBytes(
        new Wire.Completion(
            id,
            "chat.completion",
            created,
            card.name(),
            card.systemFingerprint(),
            List.of(new Wire.Choice(0, failure == null ? finishReason(ended) : CUT_OFF, message)),
            Wire.Usage.of(ended.usage()),
            Wire.R1.of(ended),
            failure == null ? null : OpenAiError.of(failure)));
  }

  byte[] failure(Ended ended, ServiceException failure, Wire.@Nullable Message partial) {
    return json.writeValueAsBytes(
        new Wire.Failure(
            OpenAiError.of(failure), Wire.Usage.of(ended.usage()), Wire.R1.of(ended), partial));
  }

  /** A failure before any byte left. */
  AnswerWriter.Last refused(Ended ended, ServiceException failure, Wire.@Nullable Message partial) {
    return new AnswerWriter.Last(
        failure.code().httpStatus(), MediaType.APPLICATION_JSON, failure(ended, failure, partial));
  }

  /** OpenAI's word; only a whole answer says "stop". */
  static String finishReason(Ended ended) {
    return switch (ended.finish()) {
      case LENGTH, DEADLINE -> "length";
      case STOP -> "stop";
      case CANCELLED, ERROR -> CUT_OFF;
    };
  }
}
