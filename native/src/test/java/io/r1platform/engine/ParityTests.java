package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The greedy token ids of {@code llama-completion}, llama.cpp's own tool of the same release, as
 * they are committed; {@code ./r1 test parity} runs the tool itself.
 */
@Timeout(120)
class ParityTests {
  static final int TOKENS = 100;
  private static final Path FILE = Path.of("src/test/resources/fixture/llama-completion.txt");

  /** A prompt, its ids, and how the model goes on without an end. */
  record Case(String prompt, List<Integer> promptIds, List<Integer> ids) {
    String written() {
      return prompt + "\n" + line(promptIds) + "\n" + line(ids) + "\n";
    }

    private static String line(List<Integer> ids) {
      return ids.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
  }

  @Test
  void greedyIdsEqualThoseOfLlamaCppsOwnTool() throws IOException {
    try (Engine engine = Fixture.open()) {
      assertThat(cases())
          .hasSize(4)
          .allSatisfy(theirs -> assertThat(ours(engine, theirs.prompt())).isEqualTo(theirs));
    }
  }

  /**
   * llama.cpp's kernels for several rows add in another order than those for one. The jar's build
   * for processors without AVX has none of them in F32, so there a batch changes no bit.
   */
  @Test
  void togetherEqualsAloneWithTheJarsKernelsThatAddInOneOrder(@TempDir Path libraries)
      throws IOException {
    try (Stream<Path> files = Files.list(NativeLibrary.directory())) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("libggml-cpu-") || name.equals("libggml-cpu-sse42.so")) {
          Files.copy(file, libraries.resolve(name));
        }
      }
    }
    ChildJvm.Result result = ChildJvm.run(Together.class, "-Dr1.libraries=" + libraries);
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output().strip()).endsWith(Together.LAST_WORD + "0.0");
  }

  /** Three lines each: the prompt, its ids, the ids after it. */
  static List<Case> cases() throws IOException {
    List<String> lines = Files.readAllLines(FILE);
    return Stream.iterate(0, at -> at + 3 <= lines.size(), at -> at + 3)
        .map(at -> new Case(lines.get(at), ids(lines.get(at + 1)), ids(lines.get(at + 2))))
        .toList();
  }

  private static List<Integer> ids(String line) {
    return Stream.of(line.split(" ", -1)).map(Integer::valueOf).toList();
  }

  /** The file asks for no BOS, so neither the tool nor we begin with one. */
  static Case ours(Engine engine, String prompt) {
    int[] ids = engine.tokenize(prompt);
    int end = engine.model().endIds().getFirst();
    Sampling noEnd = Sampling.greedy().withBias(Map.of(end, Float.NEGATIVE_INFINITY));
    engine.submit(GenerationRequest.greedy(1, ids, TOKENS).withSampling(noEnd));
    return new Case(prompt, Arrays.stream(ids).boxed().toList(), Generated.one(engine, 1).ids);
  }
}
