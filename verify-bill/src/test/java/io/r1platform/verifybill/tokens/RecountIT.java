package io.r1platform.verifybill.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tokenizer in Java against the engine's own, by both split rules; {@code ./r1 test recount}
 * prints the line.
 */
class RecountIT {
  private static final Path MODEL =
      Path.of(System.getProperty("r1.root", ".."), "models", "r1-nano", "r1-nano.gguf");
  private static final int TEXTS = Integer.getInteger("r1.recount.texts", 3_000);
  private static final long SEED = Long.getLong("r1.recount.seed", 1);
  private static final int TEXT = 300;
  private static final int PLANE = 0x3400;
  private static final int LAST_PLANES = 0x20000;

  @TempDir private Path directory;
  private int texts;
  private long tokens;
  private int differences;

  @Test
  void everyTextHasTheEnginesIds() throws IOException {
    for (Path model : List.of(MODEL, ruledBy("qwen2"))) {
      Tokenizer mine = Tokenizer.of(model);
      try (Engine engine = Engine.open(EngineOptions.defaults(model))) {
        engine.awaitReady(Duration.ofSeconds(60));
        var random = new Texts(SEED);
        for (int i = 0; i < TEXTS / 2; i++) {
          compare(mine, engine, random.next());
        }
        everyCharacter(mine, engine);
        compare(mine, engine, " ".repeat(20_000) + "x" + "\n ".repeat(5_000));
        compare(mine, engine, "ab".repeat(20_000));
        notUtf8(mine, engine);
      }
    }
    Path figures = Files.createDirectories(Path.of("target", "figures")).resolve("recount.txt");
    Files.writeString(
        figures,
        "recount texts=%d tokens=%d differences=%d%n".formatted(texts, tokens, differences));
    assertThat(differences).isZero();
  }

  /** Some characters a text, each beside others of several kinds. */
  private void everyCharacter(Tokenizer mine, Engine engine) {
    var text = new StringBuilder();
    for (int point = 1; point < LAST_PLANES; point += point < PLANE ? 1 : 7) {
      if (point < 0xd800 || point > 0xdfff) {
        String one = Character.toString(point);
        text.append("a%sb %s%s\n%s1".formatted(one, one, one, one));
      }
      if (text.length() > TEXT) {
        compare(mine, engine, text.toString());
        text.setLength(0);
      }
    }
    compare(mine, engine, text.toString());
  }

  private void compare(Tokenizer mine, Engine engine, String text) {
    int[] expected = engine.tokenize(text);
    int[] counted = mine.tokenize(text);
    texts++;
    tokens += expected.length;
    if (!Arrays.equals(expected, counted)) {
      differences++;
      if (differences < 10) {
        System.err.printf(
            "%s%n  engine %s%n  java   %s%n",
            HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_16BE)),
            Arrays.toString(expected),
            Arrays.toString(counted));
      }
    }
  }

  private static void notUtf8(Tokenizer mine, Engine engine) {
    for (String bytes : List.of("80", "c0af", "eda080", "f4908080", "e282", "61ff")) {
      byte[] text = HexFormat.of().parseHex(bytes);
      assertThatThrownBy(() -> engine.tokenize(text)).isInstanceOf(EngineException.class);
      assertThatThrownBy(() -> mine.tokenize(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** The same model with another split rule; its name takes the bytes, so that all else stays. */
  private Path ruledBy(String rule) throws IOException {
    byte[] model = Files.readAllBytes(MODEL);
    int spared = "deepseek-v3".length() - rule.length();
    model = with(model, "tokenizer.ggml.pre", rule);
    model = with(model, "general.name", "n".repeat("r1-nano".length() + spared));
    return Files.write(directory.resolve(rule + ".gguf"), model);
  }

  private static byte[] with(byte[] model, String key, String value) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    int at = indexOf(model, name) + name.length + Integer.BYTES;
    int rest =
        at + Long.BYTES + (int) ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
    return ByteBuffer.allocate(at + Long.BYTES + text.length + model.length - rest)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(model, 0, at)
        .putLong(text.length)
        .put(text)
        .put(model, rest, model.length - rest)
        .array();
  }

  private static int indexOf(byte[] in, byte[] what) {
    for (int at = 0; at + what.length <= in.length; at++) {
      if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
        return at;
      }
    }
    throw new IllegalStateException("the model names no split rule");
  }
}
