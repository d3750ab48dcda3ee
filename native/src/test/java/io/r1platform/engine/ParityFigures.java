package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Figure {@code parity}, on the committed fixture in F32 without flash attention: the text of
 * llama.cpp's own tool of the same release, PyTorch's logits, and alone against together.
 */
class ParityFigures {
  private static final int TOKENS = 100;
  private static final List<String> PROMPTS =
      List.of("What is 347 + 589?", "the sum of one and two", "a b c d e f g", "한국어로 답하세요");

  @Test
  void parity() {
    Figures.buildFromSource("llama-completion");
    try (Engine engine = Fixture.open()) {
      int same = 0;
      for (String prompt : PROMPTS) {
        same += ours(engine, prompt).equals(theirs(prompt)) ? 1 : 0;
      }
      double logits = logitsDifference(engine);
      double together = togetherDifference(engine);
      Figures.write(
          "parity",
          "texts_of_%d_tokens=%d texts_equal=%d logits_max_diff=%.1e together_max_diff=%.1e",
          TOKENS,
          PROMPTS.size(),
          same,
          logits,
          together);
      assertThat(same).isEqualTo(PROMPTS.size());
      assertThat(logits).isLessThan(1e-4);
      assertThat(together).isLessThan(1e-6);
    }
  }

  private static String ours(Engine engine, String prompt) {
    int[] ids =
        IntStream.concat(
                IntStream.of(engine.model().bosId()), IntStream.of(engine.tokenize(prompt)))
            .toArray();
    int end = engine.model().endIds().getFirst();
    Sampling noEnd = Sampling.greedy().withBias(Map.of(end, Float.NEGATIVE_INFINITY));
    engine.submit(GenerationRequest.greedy(1, ids, TOKENS).withSampling(noEnd));
    return Generated.one(engine, 1).text.toString(StandardCharsets.UTF_8);
  }

  private static String theirs(String prompt) {
    String output =
        Figures.run(
            Figures.SOURCE_BUILD.resolve("bin"),
            List.of(
                Figures.tool("llama-completion"),
                "-m",
                Fixture.MODEL.toAbsolutePath().toString(),
                "-p",
                prompt,
                "-n",
                String.valueOf(TOKENS),
                "--temp",
                "0",
                "--ignore-eos",
                "-fa",
                "off",
                "-ctk",
                "f32",
                "-ctv",
                "f32",
                "-t",
                "1",
                "-no-cnv",
                "--no-display-prompt",
                "--special"));
    return output.stripTrailing();
  }

  /** PyTorch's eight largest logits after each prompt, against ours but for a constant. */
  private static double logitsDifference(Engine engine) {
    double largest = 0;
    for (Fixture.Case example : Fixture.cases()) {
      engine.submit(GenerationRequest.greedy(1, example.promptIds(), 1).withLogprobs(20));
      List<Generated.Alternative> ours = Generated.one(engine, 1).alternatives.getFirst();
      double shift = example.topLogits().values().iterator().next() - ours.getFirst().logprob();
      int at = 0;
      for (double logit : example.topLogits().values()) {
        largest = Math.max(largest, Math.abs(ours.get(at++).logprob() + shift - logit));
      }
    }
    return largest;
  }

  private static double togetherDifference(Engine engine) {
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      int first = 100 + i;
      prompts.add(IntStream.range(0, 5 + 17 * i).map(n -> first + n).toArray());
    }
    List<Generated> alone = new ArrayList<>();
    for (int[] prompt : prompts) {
      engine.submit(GenerationRequest.greedy(1, prompt, 40).ignoringEnd().withLogprobs(20));
      alone.add(Generated.one(engine, 1));
    }
    for (int i = 0; i < 16; i++) {
      engine.submit(
          GenerationRequest.greedy(i + 1, prompts.get(i), 40).ignoringEnd().withLogprobs(20));
    }
    List<Generated> together = Generated.all(engine, LongStream.rangeClosed(1, 16).toArray());
    double largest = 0;
    for (int i = 0; i < 16; i++) {
      assertThat(together.get(i).ids).isEqualTo(alone.get(i).ids);
      for (int t = 0; t < 40; t++) {
        for (int a = 0; a < 20; a++) {
          largest =
              Math.max(
                  largest,
                  Math.abs(
                      together.get(i).alternatives.get(t).get(a).logprob()
                          - alone.get(i).alternatives.get(t).get(a).logprob()));
        }
      }
    }
    return largest;
  }
}
