package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The TensorRT-LLM backend over the stand-in for tensorrt_llm in {@code src/test/python}: the real
 * library, CPython and driver; no GPU and no model. One engine per process, for CPython starts
 * once.
 */
final class StandIn {
  static final int BEGIN = 256;
  static final int END = 257;
  static final int THINK_END = 261;
  static final int FAIL = 262;
  static final int HANG = 264;
  static final int GARBLED = 270;

  /** Of the stand-in's outputs, the end token included, unless stand_in.json says otherwise. */
  static final int OUTPUT_TOKENS = 24;

  static final int THINK_TOKENS = 8;
  private static final Path MODULES = Path.of("src/test/python").toAbsolutePath();

  private StandIn() {}

  /** Skips the tests where the backend was not built. */
  static void assumeBuilt() {
    assumeThat(StandIn.class.getResource("/native/linux-x86_64/libr1_trtllm.so"))
        .as("trtllm backend skipped: Python development headers not found")
        .isNotNull();
  }

  /** A checkpoint whose executor behaves as {@code plan} says, the fields of a JSON object. */
  static Path checkpoint(Path directory, String plan) {
    try {
      Files.writeString(
          directory.resolve("config.json"), "{\"vocab_size\": 288, \"model_type\": \"stand_in\"}");
      Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": 257}");
      Files.writeString(directory.resolve("stand_in.json"), "{" + plan + "}");
      Files.write(directory.resolve("model.safetensors"), new byte[4 << 20]);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Options with arguments of tensorrt_llm.LLM and other settings, each as fields of JSON. */
  static EngineOptions options(Path checkpoint, String llm, String settings) {
    return EngineOptions.of(EngineOptions.Backend.TRTLLM, checkpoint)
        .withBackendJson(
            "{\"python_path\": [\"%s\"], \"llm\": {%s}%s%s}"
                .formatted(MODULES, llm, settings.isEmpty() ? "" : ", ", settings));
  }

  /** A prompt of so many tokens that begins with this id. */
  static int[] prompt(int first, int tokens) {
    int[] prompt = new int[tokens];
    prompt[0] = first;
    for (int i = 1; i < tokens; i++) {
      prompt[i] = 97 + i % 26;
    }
    return prompt;
  }

  /** The whole output to the end token, in the stand-in's own order. */
  static void assertWhole(Generated generated) {
    assertThat(generated.reason).isEqualTo(FinishReason.END);
    assertThat(generated.outputTokens).isEqualTo(OUTPUT_TOKENS).isEqualTo(generated.ids.size());
    assertThat(generated.ids.getLast()).isEqualTo(END);
    assertThat(generated.ids.get(THINK_TOKENS - 1)).isEqualTo(THINK_END);
  }
}
