package io.r1platform.inference.generation;

import io.r1platform.engine.Constraint;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineStatus;
import io.r1platform.engine.GenerationRequest;
import io.r1platform.engine.Sampling;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tasks as the engine takes them, and what it says of those that it cannot take. */
final class EngineRequests {
  private static final String UNSUPPORTED_SCHEMA = "unsupported_schema: ";

  private EngineRequests() {}

  static GenerationRequest of(long engineId, GenerationTask task, Duration deadline) {
    Wishes wishes = task.wishes();
    GenerationRequest request =
        GenerationRequest.greedy(engineId, task.promptIds(), task.maxTokens())
            .withSampling(sampling(task, wishes))
            .withCacheSalt(task.cacheSalt())
            .withDeadline(deadline);
    if (wishes.topLogprobs() != Wishes.NO_LOGPROBS) {
      request = request.withLogprobs(wishes.topLogprobs());
    }
    AnswerShape shape = wishes.shape();
    return shape == null
        ? request
        : request
            .withConstraint(constraint(shape), shape.afterId())
            .mayEndFirst(shape instanceof AnswerShape.Framed);
  }

  private static Sampling sampling(GenerationTask task, Wishes wishes) {
    var sampling =
        new Sampling(task.temperature(), task.topP(), wishes.topK(), wishes.minP(), task.seed());
    if (wishes.penalizes()) {
      sampling =
          sampling.withPenalties(
              new Sampling.Penalties(1, wishes.presencePenalty(), wishes.frequencyPenalty()));
    }
    return wishes.bias().isEmpty() ? sampling : sampling.withBias(wishes.bias());
  }

  /**
   * A shape as the engine knows it.
   *
   * @throws ServiceException unsupported_schema if it is too long
   */
  static Constraint constraint(AnswerShape shape) {
    try {
      return switch (shape) {
        case AnswerShape.JsonObject _ -> new Constraint.JsonObject();
        case AnswerShape.JsonSchema(String schema, int _) -> new Constraint.JsonSchema(schema);
        case AnswerShape.Framed(var texts, int _) ->
            new Constraint.Framed(
                texts.stream()
                    .map(
                        text ->
                            new Constraint.Framed.Alternative(
                                text.before(), text.schema(), text.after()))
                    .toList());
      };
    } catch (IllegalArgumentException e) {
      throw unsupportedSchema("it has more than 64 KiB");
    }
  }

  /** The caller's refusal, where the engine cannot do what a request asks; else null. */
  static @Nullable ServiceException refusal(EngineException refused, boolean shaped) {
    String why = refused.getMessage() == null ? "" : refused.getMessage();
    EngineStatus status = refused.status();
    if (why.contains(UNSUPPORTED_SCHEMA)) {
      return unsupportedSchema(
          why.substring(why.indexOf(UNSUPPORTED_SCHEMA) + UNSUPPORTED_SCHEMA.length()));
    }
    if (shaped && status == EngineStatus.INVALID) {
      return unsupportedSchema(why);
    }
    if (shaped && status == EngineStatus.TOO_LARGE && why.contains("grammar")) {
      return unsupportedSchema("it is too large");
    }
    if (status == EngineStatus.UNSUPPORTED) {
      return ServiceException.of(
          ErrorCode.UNSUPPORTED_PARAMETER, "This model cannot do what the request asks.");
    }
    return null;
  }

  private static ServiceException unsupportedSchema(String why) {
    return ServiceException.ofParam(
        ErrorCode.UNSUPPORTED_SCHEMA,
        "response_format",
        "The schema cannot be enforced: %s. Nothing was charged.".formatted(why));
  }
}
