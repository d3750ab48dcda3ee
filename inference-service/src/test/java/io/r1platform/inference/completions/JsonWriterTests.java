package io.r1platform.inference.completions;

import static io.r1platform.inference.completions.Answers.content;
import static io.r1platform.inference.completions.Answers.ended;
import static io.r1platform.inference.completions.Answers.reasoning;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Finish;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class JsonWriterTests {
  private final ServiceException failure =
      ServiceException.of(ErrorCode.ENGINE_FAILED, "The engine failed.");

  private final JsonWriter writer = new JsonWriter(Answers.answer(), false);

  private AnswerWriter.Last end(Finish finish, int tokens, boolean failed, boolean begun) {
    return writer.end(
        new Signal.End(ended(finish, tokens, tokens, failed ? failure : null)), begun);
  }

  private static JsonNode json(AnswerWriter.Last last) {
    return Answers.JSON.readTree(last.bytes());
  }

  @Test
  void theAnswerIsOneObject() {
    writer.delta(reasoning(1, "We "));
    writer.delta(reasoning(2, "add"));
    writer.delta(content(4, 3, "936"));

    AnswerWriter.Last last = end(Finish.STOP, 4, false, false);

    JsonNode choice = json(last).path("choices").get(0);
    assertThat(last.status()).isEqualTo(200);
    assertThat(choice.path("message").path("reasoning_content").asString()).isEqualTo("We add");
    assertThat(choice.path("message").path("content").asString()).isEqualTo("936");
    assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    assertThat(json(last).has("error")).isFalse();
  }

  @Test
  void anEmptyLineIsSentInSilence() {
    assertThat(writer.silence()).isEqualTo(new byte[] {'\n'});
    assertThat(writer.delta(reasoning(1, "We "))).isEmpty();
  }

  @Test
  void theFirstTokenIsToldOnceToWhomWantsToKnow() {
    var told = new JsonWriter(Answers.answer(), true);
    assertThat(told.delta(reasoning(1, "We "))).isEqualTo(new byte[] {' '});
    assertThat(told.delta(reasoning(2, "add"))).isEmpty();
  }

  @Test
  void chargedTextIsNeverWithheldFromAFailure() {
    writer.delta(reasoning(1, "We"));

    AnswerWriter.Last last = end(Finish.ERROR, 1, true, false);

    assertThat(last.status()).isEqualTo(502);
    assertThat(json(last).path("partial").path("reasoning_content").asString()).isEqualTo("We");
    assertThat(json(last).path("usage").path("completion_tokens").asInt()).isEqualTo(1);
  }

  @Test
  void aFailureAfterEmptyLinesIsACompletionThatWasCutOff() {
    writer.delta(reasoning(1, "We"));

    JsonNode body = json(end(Finish.ERROR, 1, true, true));

    assertThat(body.path("choices").get(0).path("finish_reason").asString())
        .isEqualTo("insufficient_system_resource");
    assertThat(body.path("error").path("code").asString()).isEqualTo("engine_failed");
  }

  @Test
  void aFailureWithoutATokenIsOnlyAnError() {
    JsonNode body = json(end(Finish.ERROR, 0, true, true));

    assertThat(body.has("choices")).isFalse();
    assertThat(body.path("error").path("code").asString()).isEqualTo("engine_failed");
  }
}
