package io.r1platform.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A deepseek2 model of random weights, and what transformers computes with it. */
final class Fixture {
  /** One case of the file beside the model; the logits are those after the prompt. */
  record Case(List<Integer> prompt, List<Integer> greedy, Map<Integer, Double> topLogits) {
    int[] promptIds() {
      return prompt.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  static final Path MODEL = Path.of("src/test/resources/fixture/deepseek2-tiny.gguf");
  private static final String LIST = "\\[([0-9.,\\s]*)]";
  private static final Pattern CASES =
      Pattern.compile(
          "\"prompt_ids\": %1$s,\\s*\"greedy_ids\": %1$s,\\s*\"last_prompt_logits_top8\": "
                  .formatted(LIST)
              + "\\{\\s*\"ids\": %1$s,\\s*\"values\": %1$s".formatted(LIST));

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
    return ready(Engine.open(options));
  }

  /** The fixture with the backend of another directory. */
  static Engine open(Path libraries) {
    NativeLibrary.directory(); // loads the JNI library
    return ready(Engine.open(EngineOptions.defaults(MODEL), libraries.toAbsolutePath()));
  }

  private static Engine ready(Engine engine) {
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
      List<Case> cases = new ArrayList<>();
      Matcher matcher = CASES.matcher(json);
      while (matcher.find()) {
        Map<Integer, Double> logits = logits(ids(matcher.group(3)), matcher.group(4));
        cases.add(new Case(ids(matcher.group(1)), ids(matcher.group(2)), logits));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> ids(String list) {
    return Stream.of(list.trim().split("\\s*,\\s*")).map(Integer::valueOf).toList();
  }

  private static Map<Integer, Double> logits(List<Integer> ids, String values) {
    Map<Integer, Double> logits = new LinkedHashMap<>();
    List<Double> each =
        Stream.of(values.trim().split("\\s*,\\s*", -1)).map(Double::valueOf).toList();
    for (int i = 0; i < each.size(); i++) {
      logits.put(ids.get(i), each.get(i));
    }
    return logits;
  }
}
