package io.r1platform.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes models of random weights in GGUF: the architectures of R1's distills with their own
 * special tokens at their own ids, and words that nobody says between them.
 */
final class RandomGguf {
  /** The distills' special tokens. */
  private static final class Specials {
    static final Map<Integer, String> QWEN =
        Map.of(
            151_643, "<｜end▁of▁sentence｜>",
            151_644, "<｜User｜>",
            151_645, "<｜Assistant｜>",
            151_646, "<｜begin▁of▁sentence｜>",
            151_647, "<|EOT|>",
            151_648, "<think>",
            151_649, "</think>");
    static final Map<Integer, String> LLAMA =
        Map.of(
            128_000, "<｜begin▁of▁sentence｜>",
            128_001, "<｜end▁of▁sentence｜>",
            128_011, "<｜User｜>",
            128_012, "<｜Assistant｜>",
            128_013, "<think>",
            128_014, "</think>",
            128_015, "<｜▁pad▁｜>");

    /** R1's markers, for the last ids of a vocabulary that is no distill's: begin, end, roles. */
    static final List<String> LAST =
        List.of(
            "<｜begin▁of▁sentence｜>",
            "<｜end▁of▁sentence｜>",
            "<｜User｜>",
            "<｜Assistant｜>",
            "<think>",
            "</think>");
  }

  /** The distills' architectures: dense, grouped heads; qwen2 has biases. */
  enum Architecture {
    QWEN2("qwen2", "deepseek-r1-qwen", 1_000_000, Specials.QWEN, 151_643, 151_643, 151_646),
    LLAMA("llama", "llama-bpe", 500_000, Specials.LLAMA, 128_001, 128_001, 128_000);

    private final String code;
    private final String splitter;
    private final float ropeBase;

    @SuppressWarnings("ImmutableEnumChecker") // Map.of is
    private final Map<Integer, String> specials;

    private final int endId;
    private final int padId;
    private final int beginId;

    Architecture(
        String code,
        String splitter,
        float ropeBase,
        Map<Integer, String> specials,
        int endId,
        int padId,
        int beginId) {
      this.code = code;
      this.splitter = splitter;
      this.ropeBase = ropeBase;
      this.specials = specials;
      this.endId = endId;
      this.padId = padId;
      this.beginId = beginId;
    }

    Map<Integer, String> specials() {
      return specials;
    }
  }

  /** How large; weights are F16, norms and biases F32. */
  record Shape(
      int vocabulary,
      int embedding,
      int layers,
      int feedForward,
      int heads,
      int keyHeads,
      int context) {
    int head() {
      return embedding / heads;
    }

    /** Of a vocabulary that has R1's markers at its end. */
    int firstMarker() {
      return vocabulary - Specials.LAST.size();
    }
  }

  static final Shape TINY_QWEN = new Shape(151_936, 32, 2, 64, 2, 1, 256);
  static final Shape TINY_LLAMA = new Shape(128_256, 32, 2, 64, 2, 1, 256);

  /** Without the distills' special tokens, so that it is read in milliseconds. */
  static final Shape SMALL_VOCABULARY = new Shape(512, 32, 2, 64, 2, 1, 256);

  /**
   * 0.34 billion parameters: large enough that a processor does little but multiply. R1's markers
   * are its last tokens, so that a chat can be served with it.
   */
  static final Shape BENCH = new Shape(32_000, 1_024, 20, 4_096, 16, 4, 4_096);

  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int ALIGNMENT = 32;
  private static final int F32 = 0;
  private static final int F16 = 1;

  private record Tensor(String name, int type, int columns, int rows) {
    long bytes() {
      return (long) columns * rows * (type == F32 ? 4 : 2);
    }
  }

  private final Architecture architecture;
  private final Shape shape;
  private final SplittableRandom random;
  private final ByteBuffer out = ByteBuffer.allocate(16 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private int keys;

  private RandomGguf(Architecture architecture, Shape shape, long seed) {
    this.architecture = architecture;
    this.shape = shape;
    this.random = new SplittableRandom(seed);
  }

  /** Writes the model; the same seed gives the same file. */
  static void write(Path file, Architecture architecture, Shape shape, long seed) {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      new RandomGguf(architecture, shape, seed).writeTo(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeTo(FileChannel channel) throws IOException {
    List<Tensor> tensors = tensors();
    out.putInt(0x46554747).putInt(3).putLong(tensors.size());
    int keyCountAt = out.position();
    out.putLong(0);
    metadata();
    out.putLong(keyCountAt, keys);
    long offset = 0;
    for (Tensor tensor : tensors) {
      text(tensor.name);
      boolean isVector = tensor.rows == 1;
      out.putInt(isVector ? 1 : 2).putLong(tensor.columns);
      if (!isVector) {
        out.putLong(tensor.rows);
      }
      out.putInt(tensor.type).putLong(offset);
      offset += aligned(tensor.bytes());
    }
    out.position((int) aligned(out.position()));
    flush(channel);
    for (Tensor tensor : tensors) {
      write(channel, tensor);
    }
  }

  private void metadata() {
    String name = architecture.code;
    key("general.architecture", name);
    key("general.name", "random-" + name);
    key(name + ".block_count", shape.layers);
    key(name + ".context_length", shape.context);
    key(name + ".embedding_length", shape.embedding);
    key(name + ".feed_forward_length", shape.feedForward);
    key(name + ".attention.head_count", shape.heads);
    key(name + ".attention.head_count_kv", shape.keyHeads);
    key(name + ".attention.key_length", shape.head());
    key(name + ".attention.value_length", shape.head());
    key(name + ".attention.layer_norm_rms_epsilon", 1e-6f);
    key(name + ".rope.freq_base", architecture.ropeBase);
    key(name + ".rope.dimension_count", shape.head());
    key(name + ".vocab_size", shape.vocabulary);
    key("tokenizer.ggml.model", "gpt2");
    key("tokenizer.ggml.pre", architecture.splitter);
    List<String> tokens = tokens();
    listKey("tokenizer.ggml.tokens", 8, tokens.size());
    tokens.forEach(this::text);
    listKey("tokenizer.ggml.token_type", 5, tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      out.putInt(typeOf(id));
    }
    listKey("tokenizer.ggml.merges", 8, 1);
    text("Ġ t");
    if (hasSpecials()) {
      key("tokenizer.ggml.bos_token_id", architecture.beginId);
      key("tokenizer.ggml.eos_token_id", architecture.endId);
      key("tokenizer.ggml.padding_token_id", architecture.padId);
    } else if (hasMarkers()) {
      key("tokenizer.ggml.bos_token_id", shape.firstMarker());
      key("tokenizer.ggml.eos_token_id", shape.firstMarker() + 1);
    } else {
      key("tokenizer.ggml.eos_token_id", shape.vocabulary - 1);
    }
  }

  private boolean hasSpecials() {
    return architecture.specials.keySet().stream().allMatch(id -> id < shape.vocabulary);
  }

  /** Whether R1's markers are at the end of the vocabulary. */
  private boolean hasMarkers() {
    return !hasSpecials() && shape.vocabulary >= BENCH.vocabulary;
  }

  /** The special token with this id, or null. */
  private @Nullable String special(int id) {
    if (hasSpecials()) {
      return architecture.specials.get(id);
    }
    int marker = id - shape.firstMarker();
    return hasMarkers() && marker >= 0 ? Specials.LAST.get(marker) : null;
  }

  /** As the distills' own files: begin and end are control tokens, the others user-defined. */
  private int typeOf(int id) {
    if (special(id) == null) {
      return NORMAL;
    }
    int begin = hasSpecials() ? architecture.beginId : shape.firstMarker();
    int end = hasSpecials() ? architecture.endId : shape.firstMarker() + 1;
    return id == begin || id == end ? CONTROL : USER_DEFINED;
  }

  /** The 256 bytes as GPT-2 writes them, a merge of two, then words by number. */
  private List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    Set<Integer> direct = new HashSet<>();
    for (int c = 0; c < 256; c++) {
      boolean visible = (c >= '!' && c <= '~') || (c >= 0xa1 && c <= 0xac) || c >= 0xae;
      if (visible) {
        direct.add(c);
      }
    }
    int next = 256;
    for (int c = 0; c < 256; c++) {
      tokens.add(Character.toString(direct.contains(c) ? c : next++));
    }
    tokens.add("Ġt");
    while (tokens.size() < shape.vocabulary) {
      int id = tokens.size();
      String special = special(id);
      tokens.add(special != null ? special : "Ġ" + Integer.toString(id, 36) + "_");
    }
    return tokens;
  }

  private List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>();
    int embedding = shape.embedding;
    int keyWidth = shape.keyHeads * shape.head();
    tensors.add(new Tensor("token_embd.weight", F16, embedding, shape.vocabulary));
    tensors.add(new Tensor("output_norm.weight", F32, embedding, 1));
    for (int i = 0; i < shape.layers; i++) {
      String layer = "blk." + i + ".";
      tensors.add(new Tensor(layer + "attn_norm.weight", F32, embedding, 1));
      tensors.add(new Tensor(layer + "attn_q.weight", F16, embedding, embedding));
      tensors.add(new Tensor(layer + "attn_k.weight", F16, embedding, keyWidth));
      tensors.add(new Tensor(layer + "attn_v.weight", F16, embedding, keyWidth));
      tensors.add(new Tensor(layer + "attn_output.weight", F16, embedding, embedding));
      if (architecture == Architecture.QWEN2) {
        tensors.add(new Tensor(layer + "attn_q.bias", F32, embedding, 1));
        tensors.add(new Tensor(layer + "attn_k.bias", F32, keyWidth, 1));
        tensors.add(new Tensor(layer + "attn_v.bias", F32, keyWidth, 1));
      }
      tensors.add(new Tensor(layer + "ffn_norm.weight", F32, embedding, 1));
      tensors.add(new Tensor(layer + "ffn_gate.weight", F16, embedding, shape.feedForward));
      tensors.add(new Tensor(layer + "ffn_up.weight", F16, embedding, shape.feedForward));
      tensors.add(new Tensor(layer + "ffn_down.weight", F16, shape.feedForward, embedding));
    }
    return tensors;
  }

  private void write(FileChannel channel, Tensor tensor) throws IOException {
    boolean isNorm = tensor.name.endsWith("norm.weight");
    float scale = (float) (1 / Math.sqrt(tensor.columns));
    long elements = (long) tensor.columns * tensor.rows;
    for (long i = 0; i < elements; i++) {
      if (out.remaining() < 4) {
        flush(channel);
      }
      float value = isNorm ? 1 : (random.nextInt(2_001) - 1_000) * 0.002f * scale;
      if (tensor.type == F32) {
        out.putFloat(value);
      } else {
        out.putShort(Float.floatToFloat16(value));
      }
    }
    flush(channel);
    long padding = aligned(tensor.bytes()) - tensor.bytes();
    out.put(new byte[(int) padding]);
    flush(channel);
  }

  private void flush(FileChannel channel) throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    out.clear();
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  private void key(String key, String value) {
    text(key);
    out.putInt(8);
    text(value);
    keys++;
  }

  private void key(String key, int value) {
    text(key);
    out.putInt(4).putInt(value);
    keys++;
  }

  private void key(String key, float value) {
    text(key);
    out.putInt(6).putFloat(value);
    keys++;
  }

  private void listKey(String key, int itemType, int items) {
    text(key);
    out.putInt(9).putInt(itemType).putLong(items);
    keys++;
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.putLong(utf8.length).put(utf8);
  }

  /** Writes the large model of the measurements to the file of that name. */
  public static void main(String[] arguments) {
    write(Path.of(arguments[0]), Architecture.LLAMA, BENCH, 1);
  }
}
