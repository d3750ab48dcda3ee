package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A bad model file gives an error and never ends the process, whatever llama.cpp thinks of it. */
@Timeout(300)
class BadModelTests {
  @TempDir Path directory;
  private byte[] good = new byte[0];

  @BeforeEach
  void read() throws IOException {
    good = Files.readAllBytes(Fixture.MODEL);
  }

  /** From here on the good file is of this architecture. */
  private void of(String architecture) throws IOException {
    if (architecture.equals("deepseek2")) {
      return;
    }
    Path file = directory.resolve("good.gguf");
    RandomGguf.write(
        file,
        RandomGguf.Architecture.valueOf(architecture.toUpperCase(Locale.ROOT)),
        RandomGguf.SMALL_VOCABULARY,
        7);
    good = Files.readAllBytes(file);
  }

  /** Metadata and the list of tensors; after them come weights, which may be any numbers. */
  private int metadataBytes(String architecture) {
    return architecture.equals("deepseek2") ? 32_000 : indexOf(good, "blk.1.ffn_down.weight") + 64;
  }

  private void assertRefused(byte[] file, String reason) throws IOException {
    Path path = directory.resolve("model.gguf");
    Files.write(path, file);
    assertThatThrownBy(() -> Fixture.open(EngineOptions.defaults(path)).close())
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.MODEL))
        .hasMessageContaining(reason);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> Engine.open(EngineOptions.defaults(Path.of("no-such.gguf"))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no-such.gguf");
  }

  @Test
  void aDirectoryIsNoModel() {
    assertThatThrownBy(() -> Engine.open(EngineOptions.defaults(directory)))
        .isInstanceOf(EngineException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 23, 24, 100, 5_000, 20_000, 25_000, 40_000, 500_000, 986_815})
  void aTruncatedFileIsRefused(int bytes) throws IOException {
    assertRefused(Arrays.copyOf(good, bytes), "");
  }

  @Test
  void randomBytesAreRefused() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      byte[] bytes = new byte[random.nextInt(4_000)];
      random.nextBytes(bytes);
      assertRefused(bytes, "not a GGUF file");
      System.arraycopy(good, 0, bytes, 0, Math.min(24, bytes.length));
      assertRefused(bytes, "");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "deepseek2.expert_group_used_count, 4, expert groups used",
    "deepseek2.expert_group_used_count, 0, expert groups used",
    "deepseek2.expert_group_count, 3, do not divide",
    "deepseek2.expert_group_count, 8, expert groups",
    "deepseek2.expert_used_count, 9, experts used",
    "deepseek2.expert_used_count, 0, experts used",
    "deepseek2.expert_count, 2000, expert_count",
    "deepseek2.expert_count, 0, expert_count",
    "deepseek2.block_count, 0, block_count",
    "deepseek2.block_count, 600, block_count",
    "deepseek2.block_count, 7, llama.cpp refuses",
    "deepseek2.attention.head_count, 0, head_count",
    "deepseek2.rope.dimension_count, 3, rope.dimension_count",
    "deepseek2.rope.dimension_count, 400, leaves nothing",
    "deepseek2.rope.dimension_count, 40, not kv_lora_rank",
    "deepseek2.attention.key_length, 63, not kv_lora_rank",
    "deepseek2.attention.key_length_mla, 32, leaves nothing",
    "deepseek2.attention.head_count_kv, 2, not 1",
    "deepseek2.expert_gating_func, 5, expert_gating_func",
    "deepseek2.context_length, 0, context_length",
    "qwen2.rope.dimension_count, 8, rope.dimension_count is not the 16",
    "qwen2.attention.key_length, 32, attention.key_length is not the 16",
    "qwen2.attention.value_length, 8, attention.value_length is not the 16",
    "qwen2.attention.head_count, 3, 32 in 3 heads",
    "qwen2.attention.head_count, 32, cannot be rotated",
    "qwen2.attention.head_count_kv, 0, 2 heads share 0",
    "llama.attention.value_length, 8, attention.value_length is not the 16",
    "llama.attention.head_count_kv, 3, 2 heads share 3",
    "llama.embedding_length, 0, 0 in 2 heads",
  })
  void metadataThatWouldAbortLlamaCppIsRefused(String key, int value, String reason)
      throws IOException {
    of(key.substring(0, key.indexOf('.')));
    assertRefused(withNumber(key, value), reason);
  }

  /** Of the same length as the good one's, so that nothing else of the file moves. */
  @ParameterizedTest
  @CsvSource({
    "qwen2, qwen3",
    "qwen2, gemma",
    "qwen2, phi-3",
    "qwen2, bert2",
    "deepseek2, qwen3next",
    "deepseek2, deepseek3"
  })
  void anotherArchitectureIsRefusedByName(String known, String other) throws IOException {
    of(known);
    String renamed = new String(good, StandardCharsets.ISO_8859_1).replace(known, other);
    assertRefused(
        renamed.getBytes(StandardCharsets.ISO_8859_1),
        "the architecture is " + other + "; supported are deepseek2, qwen2, llama");
  }

  /** With such weights llama.cpp calls a null pointer, or aborts, at the first token. */
  @ParameterizedTest
  @CsvSource({
    "blk.0.attn_output.weight, 26, which no processor multiplies with",
    "blk.0.attn_output.weight, 9, which no processor multiplies with",
    "blk.0.attn_output.weight, 43, which no processor multiplies with",
    "output_norm.weight, 26, which no processor multiplies with",
    "output_norm.weight, 1, but a vector must be F32"
  })
  void weightsThatNoProcessorComputesWithAreRefused(String tensor, int type, String reason)
      throws IOException {
    byte[] file = good.clone();
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = indexOf(file, tensor) + tensor.length();
    int typeAt = at + Integer.BYTES + Long.BYTES * buffer.getInt(at);
    assertThat(buffer.getInt(typeAt)).as("F32").isZero();
    buffer.putInt(typeAt, type);
    assertRefused(file, "tensor " + tensor + " is of type " + type + ", " + reason.strip());
  }

  /** A number for each layer: llama.cpp takes it, and aborts where layers differ. */
  @ParameterizedTest
  @CsvSource({
    "deepseek2, attention.head_count_kv",
    "deepseek2, expert_used_count",
    "llama, attention.head_count_kv",
    "qwen2, attention.head_count"
  })
  void aNumberForEachLayerIsRefused(String architecture, String key) throws IOException {
    of(architecture);
    byte[] file = new GgufEdits(architecture, good).withArray(architecture + "." + key, 2, 1);
    assertRefused(file, key + " is an array");
  }

  /** Found by the fuzzer: llama.cpp takes it, and aborts when it builds its first graph. */
  @Test
  void attentionWhoseTemperatureGrowsIsRefused() throws IOException {
    byte[] file = new GgufEdits("deepseek2", good).file(HexFormat.of().parseHex("26ffb001"));
    assertRefused(file, "attention.temperature_scale");
  }

  /** Found by the fuzzer: ggml aborts over weights that do not begin at a multiple of 32. */
  @ParameterizedTest
  @CsvSource({
    "06000a00, ' is 2'",
    "06001e00, ' is 16'",
    "06000000, ' is 0'",
    "06002300, ' is 31'",
    "06000100, ' is 0'",
    "06000200, ' is 0'",
    "06000300, ' is 0'",
    "06002c00, ''' must be of type u32'"
  })
  void weightsThatAreNotAlignedAreRefused(String edit, String reason) throws IOException {
    byte[] file = new GgufEdits("deepseek2", good).file(HexFormat.of().parseHex(edit));
    assertRefused(file, "general.alignment" + reason);
  }

  @Test
  void aTokenThatComesTwiceIsRefused() throws IOException {
    byte[] file = good.clone();
    String length = "\u0001\0\0\0\0\0\0\0";
    int at = indexOf(file, length + "a" + length + "b");
    file[at + 17] = 'a';
    assertRefused(file, "comes twice");
  }

  @Test
  void aPieceOfMoreThan512BytesIsRefused() throws IOException {
    of("qwen2");
    assertRefused(withPieces(513, 1), "has more than 512 bytes");
    Path longest = Files.write(directory.resolve("longest.gguf"), withPieces(512, 2));
    try (Engine engine = Fixture.open(EngineOptions.defaults(longest).withRequests(1, 1))) {
      engine.submit(
          GenerationRequest.greedy(1, new int[] {1}, 2)
              .withSampling(Sampling.greedy().withBias(Map.of((int) 'a', 1_000f))));
      assertThat(Generated.one(engine, 1).text.toString(StandardCharsets.UTF_8))
          .isEqualTo("a".repeat(1_024));
    }
  }

  /** The pieces "a" and "b" so long; what comes in is whole times the file's alignment. */
  private byte[] withPieces(int first, int second) {
    int at = indexOf(good, "\u0001\0\0\0\0\0\0\0a\u0001\0\0\0\0\0\0\0b");
    assertThat((first + second - 2) % 32).isZero();
    return ByteBuffer.allocate(good.length + first + second - 2)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(good, 0, at)
        .putLong(first)
        .put("a".repeat(first).getBytes(StandardCharsets.US_ASCII))
        .putLong(second)
        .put("b".repeat(second).getBytes(StandardCharsets.US_ASCII))
        .put(good, at + 18, good.length - at - 18)
        .array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"deepseek2", "qwen2", "llama"})
  void damagedFilesNeverEndTheProcess(String architecture) throws IOException {
    of(architecture);
    Random random = new Random(5);
    int metadataBytes = metadataBytes(architecture);
    int loaded = 0;
    for (int i = 0; i < 300; i++) {
      byte[] file = good.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        file[random.nextInt(metadataBytes)] = (byte) random.nextInt(256);
      }
      loaded += openAndGenerate(file) ? 1 : 0;
    }
    assertThat(loaded).isPositive(); // damage within a token's text does no harm
  }

  /** Whether the model was loaded. */
  private boolean openAndGenerate(byte[] file) throws IOException {
    Path path = Files.write(directory.resolve("damaged.gguf"), file);
    try (Engine engine = Engine.open(EngineOptions.defaults(path).withRequests(1, 1))) {
      engine.awaitReady(Duration.ofSeconds(60));
      engine.submit(GenerationRequest.greedy(1, new int[] {0, 3, 48}, 3));
      Generated.one(engine, 1);
      return true;
    } catch (EngineException e) {
      assertThat(e.status())
          .isIn(
              EngineStatus.MODEL,
              EngineStatus.MEMORY,
              EngineStatus.TOO_LARGE,
              EngineStatus.INVALID);
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deepseek2", "qwen2", "llama"})
  void wrongNumbersNeverEndTheProcess(String architecture) throws IOException {
    of(architecture);
    Set<String> keys = new TreeSet<>();
    String text = new String(good, 0, metadataBytes(architecture), StandardCharsets.ISO_8859_1);
    Matcher found =
        Pattern.compile(architecture + "\\.[a-z_.]+(?=\\x04\\x00\\x00\\x00)").matcher(text);
    while (found.find()) {
      keys.add(found.group());
    }
    assertThat(keys).hasSizeGreaterThan(architecture.equals("deepseek2") ? 15 : 8);
    for (String key : keys) {
      for (int value : new int[] {0, 1, 3, 7, 16, 33, 1_000, 70_000, Integer.MAX_VALUE, -1}) {
        openAndGenerate(withNumber(key, value));
      }
    }
  }

  /** The file with this 32-bit number of its metadata replaced. */
  private byte[] withNumber(String key, int value) {
    byte[] file = good.clone();
    int at = indexOf(file, key) + key.length();
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(buffer.getInt(at)).as("type of " + key).isEqualTo(4);
    buffer.putInt(at + 4, value);
    return file;
  }

  private static int indexOf(byte[] file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at + bytes.length <= file.length; at++) {
      if (Arrays.equals(file, at, at + bytes.length, bytes, 0, bytes.length)) {
        return at;
      }
    }
    throw new AssertionError("no '" + text + "' in the file");
  }
}
