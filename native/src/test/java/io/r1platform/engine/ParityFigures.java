package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Figure {@code parity}, on the committed fixture in F32 without flash attention: the token ids of
 * llama.cpp's own tool of the same release, transformers' logits, and alone against together: with
 * the libraries of the jar, and with kernels that add in one order. What needs no build from
 * source, {@code ParityTests} and {@code parity_tests.cpp} check always.
 */
class ParityFigures {
  /**
   * llama.cpp's kernels for several rows round otherwise than those for one: see docs/engine.md.
   * {@code ParityTests} has the jar's libraries without them.
   */
  private static final double TOGETHER_MAX = 5e-6;

  private static final double TOGETHER_EXACT_MAX = 1e-6;

  @Test
  void parity() throws IOException {
    Figures.buildFromSource("llama-completion");
    int same = 0;
    double logits;
    double together;
    double exact;
    try (Engine engine = Fixture.open()) {
      for (ParityTests.Case committed : ParityTests.cases()) {
        ParityTests.Case theirs = theirs(committed.prompt());
        assertThat(committed).isEqualTo(theirs);
        same += ParityTests.ours(engine, committed.prompt()).equals(theirs) ? 1 : 0;
      }
      logits = logitsDifference(engine);
      together = Together.difference(engine);
    }
    try (Engine engine = Fixture.open(Figures.exactLibraries())) {
      exact = Together.difference(engine);
    }
    Figures.write(
        "parity",
        "prompts=%d tokens_each=%d ids_equal=%d logits_max_diff=%.1e together_max_diff=%.1e"
            + " together_max_diff_exact=%.1e",
        ParityTests.cases().size(),
        ParityTests.TOKENS,
        same,
        logits,
        together,
        exact);
    assertThat(same).isEqualTo(ParityTests.cases().size());
    assertThat(logits).isLessThan(1e-4);
    assertThat(together).isLessThan(TOGETHER_MAX);
    assertThat(exact).isLessThanOrEqualTo(TOGETHER_EXACT_MAX);
  }

  /** The tool's session file has the ids of prompt and continuation. */
  private static ParityTests.Case theirs(String prompt) throws IOException {
    Path session = Path.of("target/figures/parity.session").toAbsolutePath();
    Files.createDirectories(session.getParent());
    Files.deleteIfExists(session);
    Figures.run(
        Figures.SOURCE_BUILD.resolve("bin"),
        List.of(
            Figures.tool("llama-completion"),
            "-m",
            Fixture.MODEL.toAbsolutePath().toString(),
            "-p",
            prompt,
            "-n",
            String.valueOf(ParityTests.TOKENS),
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
            "--prompt-cache",
            session.toString(),
            "--prompt-cache-all"));
    ByteBuffer saved = ByteBuffer.wrap(Files.readAllBytes(session)).order(ByteOrder.LITTLE_ENDIAN);
    saved.position(8); // after the magic and the version
    List<Integer> ids =
        IntStream.range(0, saved.getInt()).map(i -> saved.getInt()).boxed().toList();
    int prompts = ids.size() - ParityTests.TOKENS;
    return new ParityTests.Case(prompt, ids.subList(0, prompts), ids.subList(prompts, ids.size()));
  }

  /** Transformers' eight largest logits after each prompt, against ours but for a constant. */
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
}
