package io.r1platform.inference.completions;

import io.r1platform.inference.errors.OpenAiError;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.models.ModelCard;
import io.r1platform.prompts.CallDelta;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The objects of one answer.
 *
 * @param form what kind of completion it is
 * @param json writes them
 * @param id of the completion, as in {@code chatcmpl-…}
 * @param created Unix seconds
 * @param card the model
 */
record Answer(Form form, JsonMapper json, String id, long created, ModelCard card) {
  private static final String CUT_OFF = "insufficient_system_resource";

  /** What every chunk of a stream has around its choice. */
  ChunkFrame frame() {
    return ChunkFrame.of(
        json.writeValueAsString(
            new Wire.Chunk(
                id,
                form.chunk(),
                created,
                card.name(),
                card.systemFingerprint(),
                List.of(),
                null)));
  }

  /** The choice of a chunk. */
  byte[] choice(
      int choice, Wire.Delta delta, Signal.Logprobs logprobs, @Nullable String finishReason) {
    return json.writeValueAsBytes(part(choice, delta, LogprobWriter.of(logprobs), finishReason));
  }

  private Wire.AnyChoice part(
      int choice, Wire.Delta delta, Wire.@Nullable Logprobs logprobs, @Nullable String finish) {
    return switch (form) {
      case CHAT -> new Wire.ChunkChoice(choice, delta, logprobs, finish);
      case RAW ->
          new Wire.TextChoice(
              choice,
              Objects.requireNonNullElse(delta.content(), ""),
              LogprobWriter.raw(logprobs),
              finish);
    };
  }

  private Wire.AnyChoice whole(Wire.Choice choice) {
    return switch (form) {
      case CHAT -> choice;
      case RAW ->
          new Wire.TextChoice(
              choice.index(),
              Objects.requireNonNullElse(choice.message().content(), ""),
              LogprobWriter.raw(choice.logprobs()),
              choice.finishReason());
    };
  }

  byte[] usageChunk(Ended ended) {
    return json.writeValueAsBytes(
        new Wire.UsageChunk(
            id,
            form.chunk(),
            created,
            card.name(),
            card.systemFingerprint(),
            List.of(),
            Wire.Usage.of(ended.usage()),
            Wire.R1.of(ended)));
  }

  byte[] completion(Ended ended, List<Wire.Choice> choices) {
    ServiceException failure = ended.failure();
    return json.writeValueAsBytes(
        new Wire.Completion(
            id,
            form.object(),
            created,
            card.name(),
            card.systemFingerprint(),
            choices.stream().map(this::whole).toList(),
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
    return AnswerWriter.Last.of(failure, failure(ended, failure, partial));
  }

  /** Parts of calls; only the first part of each has its id and name. */
  @Nullable List<Wire.CallPart> parts(int choice, List<CallDelta> calls) {
    return calls.isEmpty()
        ? null
        : calls.stream()
            .map(
                call ->
                    new Wire.CallPart(
                        call.index(),
                        call.name() == null ? null : callId(choice, call.index()),
                        call.name() == null ? null : "function",
                        new Wire.Function(call.name(), call.arguments())))
            .toList();
  }

  /** Of this answer only: the request's id, the choice, the call. */
  String callId(int choice, int index) {
    return "call_%s_%d_%d"
        .formatted(id.substring(id.indexOf('-') + 1).replace("-", ""), choice, index);
  }

  /** OpenAI's word; only a whole answer says "stop". */
  static String finishReason(Signal.Finished finished) {
    if (finished.ended().failure() != null) {
      return CUT_OFF;
    }
    return switch (finished.ended().finish()) {
      case LENGTH, DEADLINE -> "length";
      case STOP -> finished.called() ? "tool_calls" : "stop";
      case CANCELLED, ERROR -> CUT_OFF;
    };
  }
}
