package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Java itself parses, with input broken at random for a few seconds each: nothing but its
 * documented exception comes out. The C++ parsers have targets for libFuzzer.
 */
@Timeout(120)
class FuzzTests {
  private static final Duration TIME = Duration.ofSeconds(2);
  private static final Set<ModelInfo.Feature> NO_FEATURES = Set.of();
  private final Random random = new Random(17);
  @TempDir Path directory;

  /** Calls with broken bytes until the time is over; returns how often it was not refused. */
  private int fuzz(byte[] good, Consumer<byte[]> body) {
    long end = System.nanoTime() + TIME.toNanos();
    int taken = 0;
    for (int round = 0; round < 200 || System.nanoTime() < end; round++) {
      byte[] bytes = Arrays.copyOf(good, good.length - random.nextInt(4) * good.length / 8);
      for (int change = random.nextInt(8); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        body.accept(bytes);
        taken++;
      } catch (EngineException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
    return taken;
  }

  @Test
  void brokenMetadataIsRefusedOrRead() throws IOException {
    byte[] head = Arrays.copyOf(Files.readAllBytes(Fixture.MODEL), 60_000);
    Path file = directory.resolve("broken.gguf");
    int read =
        fuzz(
            head,
            bytes -> {
              try {
                Files.write(file, bytes);
                ModelFileCheck.check(file);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(read).isPositive();
  }

  @Test
  void brokenSchemasAreRefusedOrTranslated() {
    List<String> schemas =
        List.of(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[1,\"b\",null]},\"c\":{\"$ref\":"
                + "\"#/$defs/d\"}},\"required\":[\"a\"],\"$defs\":{\"d\":{\"anyOf\":[{\"const\":"
                + "{\"e\":[]}},{\"type\":[\"string\",\"array\"],\"maxLength\":3}]}}}",
            "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":{\"type\":"
                + "\"number\"}},\"minItems\":1,\"maxItems\":9}");
    for (String schema : schemas) {
      assertThat(fuzz(schema.getBytes(StandardCharsets.US_ASCII), this::translate)).isPositive();
    }
  }

  private void translate(byte[] bytes) {
    String text = text(bytes);
    String gbnf = SentConstraint.of(new Constraint.JsonSchema(text), NO_FEATURES).text();
    assertThat(gbnf).startsWith("root ::= ");
  }

  /** What Java makes of an expression, the engine takes, or its refusal is a plain one. */
  @Test
  void brokenExpressionsAreRefusedOrTranslated() {
    String regex = "^(?:a|[b-d\\]\\x41]+?|\\w{2,3}(e\\.|[^f-h\\s])*){1,4}\\d\\u00e9$";
    try (Engine engine = Fixture.open()) {
      long[] id = {0};
      int taken =
          fuzz(
              regex.getBytes(StandardCharsets.US_ASCII),
              bytes -> {
                String text = text(bytes);
                engine.submit(
                    GenerationRequest.greedy(++id[0], new int[] {0, 1, 2}, 3)
                        .withConstraint(new Constraint.Regex(text)));
                Generated.one(engine, id[0]);
              });
      assertThat(taken).isPositive();
    }
  }

  /** U+0000 is refused before anything is translated. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).replace('\0', ' ');
  }
}
