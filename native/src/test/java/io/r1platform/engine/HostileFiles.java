package io.r1platform.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Model files that would abort llama.cpp, opened through the public API. */
final class HostileFiles {
  /** More than {@link GgufEdits} has keys to add. */
  private static final int KEYS = 64;

  private static final int KINDS_OF_VALUE = 5;

  private final Path directory;
  private final byte[] deepseek = read(Fixture.MODEL);
  private final byte[] llama;

  HostileFiles(Path directory) {
    this.directory = directory;
    Path file = directory.resolve("llama.gguf");
    RandomGguf.write(file, RandomGguf.Architecture.LLAMA, RandomGguf.SMALL_VOCABULARY, 7);
    this.llama = read(file);
  }

  /** Numbers that its loader asserts on, and changes at random. */
  void metadata() {
    refused(withNumber("deepseek2.expert_group_used_count", 4));
    refused(withNumber("deepseek2.expert_group_count", 3));
    refused(withNumber("deepseek2.attention.head_count", 0));
    refused(withNumber("deepseek2.rope.dimension_count", 3));
    refused(withNumber("deepseek2.block_count", 600));
    refused(withNumber("deepseek2.context_length", 0));
    refused(new GgufEdits("llama", llama).withArray("llama.attention.head_count_kv", 2, 1));
    Random random = new Random(23);
    for (int i = 0; i < 40; i++) {
      byte[] edits = new byte[4 * (1 + random.nextInt(8))];
      random.nextBytes(edits);
      open(new GgufEdits("deepseek2", deepseek).file(edits));
      open(new GgufEdits("llama", llama).file(edits));
    }
  }

  /** Every tensor of every type, known or not. */
  void weights() {
    for (int tensor = 0; tensor < 12; tensor++) {
      for (int type = 0; type < 45; type++) {
        byte[] edit = {(byte) 255, (byte) tensor, (byte) type, 0};
        open(new GgufEdits("llama", llama).file(edit));
      }
    }
  }

  void architecture() {
    for (String other : List.of("qwen3next", "deepseek3", "dream-7b1", "xlm-robta")) {
      refused(replaced(deepseek, "deepseek2", other));
    }
  }

  /** No vocabulary, another's, and every key that makes of a model what we do not run. */
  void otherKinds() {
    String length = "\u0004\0\0\0\0\0\0\0";
    for (String vocabulary : List.of("none", "bert", "rwkv")) {
      open(replaced(deepseek, length + "gpt2", length + vocabulary));
      open(replaced(llama, length + "gpt2", length + vocabulary));
    }
    for (int key = 0; key < KEYS; key++) {
      for (int kind = 0; kind < KINDS_OF_VALUE; kind++) {
        byte[] more = {6, (byte) key, (byte) kind, 0};
        open(new GgufEdits("llama", llama).file(more));
      }
    }
  }

  /** The last tensors' weights are no numbers. */
  void noNumbers() {
    byte[] file = llama.clone();
    Arrays.fill(file, file.length - 1_000, file.length, (byte) 0xff);
    try (Engine engine = Fixture.open(EngineOptions.defaults(written(file)).withRequests(1, 1))) {
      engine.submit(GenerationRequest.greedy(1, new int[] {3, 48}, 3));
      EveryHazard.require(
          Generated.one(engine, 1).status == EngineStatus.REQUEST, "NaN became a token");
    }
    file = deepseek.clone();
    Arrays.fill(file, file.length / 2, file.length, (byte) 0xff);
    open(file);
  }

  /** A piece of 513 bytes; what comes in is whole times the file's alignment. */
  void longPiece() {
    byte[] piece = "\u0001\0\0\0\0\0\0\0a".getBytes(StandardCharsets.ISO_8859_1);
    int at = indexOf(llama, piece);
    refused(
        ByteBuffer.allocate(llama.length + 512)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(llama, 0, at)
            .putLong(513)
            .put("a".repeat(513).getBytes(StandardCharsets.US_ASCII))
            .put(llama, at + piece.length, llama.length - at - piece.length)
            .array());
  }

  private void refused(byte[] file) {
    EveryHazard.require(!open(file), "a file was not refused");
  }

  /** Opens it and generates; whether that was possible. */
  private boolean open(byte[] file) {
    try (Engine engine = Engine.open(EngineOptions.defaults(written(file)).withRequests(1, 1))) {
      engine.awaitReady(Duration.ofSeconds(60));
      engine.submit(GenerationRequest.greedy(1, new int[] {0, 3, 48}, 3));
      Generated.one(engine, 1);
      return true;
    } catch (EngineException refused) {
      return false;
    }
  }

  private Path written(byte[] file) {
    try {
      return Files.write(directory.resolve("hostile.gguf"), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] withNumber(String key, int value) {
    byte[] file = deepseek.clone();
    int at = indexOf(file, key.getBytes(StandardCharsets.US_ASCII)) + key.length();
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(at + 4, value);
    return file;
  }

  /** Of the same length, so that nothing else of the file moves. */
  private static byte[] replaced(byte[] file, String text, String other) {
    EveryHazard.require(text.length() == other.length(), "the file would move");
    return new String(file, StandardCharsets.ISO_8859_1)
        .replace(text, other)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static int indexOf(byte[] file, byte[] bytes) {
    for (int at = 0; at + bytes.length <= file.length; at++) {
      if (Arrays.equals(file, at, at + bytes.length, bytes, 0, bytes.length)) {
        return at;
      }
    }
    throw new AssertionError("not in the file");
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
