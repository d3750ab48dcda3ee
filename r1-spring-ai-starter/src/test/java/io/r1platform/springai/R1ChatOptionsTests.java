package io.r1platform.springai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.prompt.ChatOptions;

class R1ChatOptionsTests {
  private static final R1ChatOptions ALL =
      R1ChatOptions.builder()
          .model("r1")
          .temperature(0.5)
          .topP(0.9)
          .topK(7)
          .maxTokens(11)
          .seed(3L)
          .minP(0.1)
          .topLogprobs(2)
          .outputSchema("{}")
          .toolChoice("vote")
          .build();

  @Test
  void mutateKeepsEverything() {
    assertThat(ALL.mutate().build()).isEqualTo(ALL).hasSameHashCodeAs(ALL);
    assertThat(ALL.mutate().seed(4L).build()).isNotEqualTo(ALL);
    assertThat(ALL.mutate().toolChoice(null).build()).isNotEqualTo(ALL);
  }

  @Test
  void whatTheOtherSetsGoesOver() {
    var asked =
        R1ChatOptions.builder().maxTokens(5).seed(9L).outputSchema("[]").toolChoice("other");

    assertThat(ALL.mutate().combineWith(asked).build())
        .isEqualTo(
            ALL.mutate().maxTokens(5).seed(9L).outputSchema("[]").toolChoice("other").build());
  }

  @Test
  void optionsOfSpringAiAreUnderstood() {
    var asked = ChatOptions.builder().temperature(0.0).maxTokens(5);

    assertThat(ALL.mutate().combineWith(asked).build())
        .isEqualTo(ALL.mutate().temperature(0.0).maxTokens(5).build());
  }
}
