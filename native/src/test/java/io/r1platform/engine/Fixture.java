package io.r1platform.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A deepseek2 model of random weights, and what PyTorch generates with it greedily. */
final class Fixture {
  /** One case of the file beside the model. */
  record Case(List<Integer> prompt, List<Integer> greedy) {
    int[] promptIds() {
      return prompt.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  static final Path MODEL = Path.of("src/test/resources/fixture/deepseek2-tiny.gguf");
  private static final Pattern LISTS =
      Pattern.compile("\"(prompt_ids|greedy_ids)\": \\[([0-9,\\s]*)]");

  private Fixture() {}

  /** An engine whose ring is so small that it stands still until somebody polls. */
  static Engine openWithSmallRing(int sequences, int waiting) {
    EngineOptions.Sizes usual = EngineOptions.defaults(MODEL).sizes();
    return open(
        EngineOptions.defaults(MODEL)
            .with(
                new EngineOptions.Sizes(
                    sequences,
                    waiting,
                    0,
                    usual.stepTokens(),
                    usual.chunkTokens(),
                    0,
                    EngineOptions.Sizes.ringEventsMin(sequences, waiting))));
  }

  static Engine open() {
    return open(EngineOptions.defaults(MODEL));
  }

  static Engine open(EngineOptions options) {
    Engine engine = Engine.open(options);
    try {
      engine.awaitReady(Duration.ofSeconds(60));
      return engine;
    } catch (EngineException e) {
      engine.close();
      throw e;
    }
  }

  static List<Case> cases() {
    try (InputStream in = Fixture.class.getResourceAsStream("/fixture/deepseek2-tiny.json")) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<List<Integer>> lists = new ArrayList<>();
      Matcher matcher = LISTS.matcher(json);
      while (matcher.find()) {
        lists.add(
            Stream.of(matcher.group(2).trim().split("\\s*,\\s*")).map(Integer::valueOf).toList());
      }
      List<Case> cases = new ArrayList<>();
      for (int i = 0; i + 1 < lists.size(); i += 2) {
        cases.add(new Case(lists.get(i), lists.get(i + 1)));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
