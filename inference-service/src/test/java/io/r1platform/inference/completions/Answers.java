package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Finish;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import io.r1platform.inference.models.ModelCard;
import io.r1platform.prompts.OutputText;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Parts of answers for tests. */
final class Answers {
  static final JsonMapper JSON = new JsonMapper();

  private Answers() {}

  static Answer answer() {
    var card = new ModelCard("r1-nano", 2, 512, 512, 512, "ab", "fp_1", 1, "b", false, List.of());
    return new Answer(Form.CHAT, JSON, "chatcmpl-1", 1_795_305_600, card);
  }

  static Ended ended(Finish finish, int reasoning, int output, @Nullable ServiceException failure) {
    return new Ended(finish, new Usage(7, 10, reasoning, output, "ff", 12, 3), failure);
  }

  static Signal.Delta reasoning(int tokens, String text) {
    return new Signal.Delta(tokens, new OutputText.Text(text, ""), tokens, 7);
  }

  static Signal.Delta content(int tokens, int reasoningTokens, String text) {
    return new Signal.Delta(tokens, new OutputText.Text("", text), reasoningTokens, 7);
  }
}
