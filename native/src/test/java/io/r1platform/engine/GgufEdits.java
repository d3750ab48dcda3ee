package io.r1platform.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A good model file whose metadata is changed key by key, as the bytes of a fuzzer say: so the
 * result is GGUF still, and what the check takes reaches llama.cpp's loader.
 */
final class GgufEdits {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(String key, int type, byte[] value) {}

  private static final int NUMBER = 4;
  private static final int DECIMAL = 6;
  private static final int FLAG = 7;
  private static final int TEXT = 8;
  private static final int ARRAY = 9;
  private static final int HEAD = 24;
  private static final int ALIGNMENT = 32;
  private static final int EDIT_BYTES = 4;
  private static final int EDITS_MAX = 8;

  /** The first byte of an edit that changes a tensor's type, to one of so many. */
  private static final int TENSOR_TYPE = 255;

  private static final int TENSOR_TYPES = 45;
  private static final int[] NUMBER_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  /** Of many readers' bugs. */
  private static final int[] NUMBERS = {
    0,
    1,
    2,
    3,
    7,
    8,
    16,
    31,
    32,
    64,
    255,
    256,
    511,
    512,
    1_024,
    70_000,
    1 << 30,
    -1,
    -2,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE
  };

  private static final float[] DECIMALS = {
    0, -1, 1, 0.5f, 1e-6f, 1e30f, -1e30f, Float.NaN, Float.POSITIVE_INFINITY, 10_000
  };

  private static final List<String> TEXTS =
      List.of("", "gpt2", "llama", "bert", "none", "linear", "yarn", "longrope", "default", "ü");

  /** What llama.cpp reads if it is there, ".…" after the architecture. */
  private static final List<String> MORE_KEYS =
      List.of(
          "general.alignment",
          "general.type",
          "split.count",
          "split.no",
          "split.tensors.count",
          "tokenizer.ggml.model",
          "tokenizer.ggml.pre",
          "tokenizer.ggml.add_bos_token",
          "tokenizer.ggml.add_sep_token",
          "tokenizer.ggml.add_space_prefix",
          "tokenizer.ggml.bos_token_id",
          "tokenizer.ggml.eos_token_id",
          "tokenizer.ggml.eot_token_id",
          "tokenizer.ggml.unknown_token_id",
          "tokenizer.ggml.padding_token_id",
          "tokenizer.ggml.suppress_tokens",
          "tokenizer.ggml.precompiled_charsmap",
          "tokenizer.ggml.token_type_count",
          "tokenizer.chat_template",
          ".attention.causal",
          ".attention.clamp_kqv",
          ".attention.max_alibi_bias",
          ".attention.q_lora_rank",
          ".attention.scale",
          ".attention.sliding_window",
          ".attention.sliding_window_pattern",
          ".attention.temperature_length",
          ".attention.temperature_scale",
          ".attention.value_length",
          ".attention.value_length_mla",
          ".embedding_length_out",
          ".expert_feed_forward_length",
          ".expert_gating_func",
          ".expert_group_scale",
          ".expert_weights_norm",
          ".expert_weights_scale",
          ".final_logit_softcapping",
          ".leading_dense_block_count",
          ".logit_scale",
          ".moe_every_n_layers",
          ".nextn_predict_layers",
          ".pooling_type",
          ".residual_scale",
          ".rope.dimension_count_swa",
          ".rope.dimension_sections",
          ".rope.freq_base",
          ".rope.scale_linear",
          ".rope.scaling.attn_factor",
          ".rope.scaling.factor",
          ".rope.scaling.original_context_length",
          ".rope.scaling.type",
          ".rope.scaling.yarn_attn_factor",
          ".rope.scaling.yarn_beta_fast",
          ".rope.scaling.yarn_beta_slow",
          ".rope.scaling.yarn_ext_factor",
          ".rope.scaling.yarn_log_multiplier",
          ".use_parallel_residual");

  private final String architecture;
  private final List<Entry> entries = new ArrayList<>();
  private final long tensorCount;
  private final byte[] tensors;
  private final List<Integer> typesAt = new ArrayList<>();
  private final byte[] weights;
  private final ByteBuffer in;

  /** Of a good file; its metadata and list of tensors end at {@code headBytes}. */
  GgufEdits(String architecture, byte[] file) {
    this.architecture = architecture;
    in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    tensorCount = in.getLong(8);
    in.position(HEAD);
    for (long i = in.getLong(16); i > 0; i--) {
      String key = new String(text(), StandardCharsets.UTF_8);
      int type = in.getInt();
      int from = in.position();
      skip(type);
      entries.add(new Entry(key, type, Arrays.copyOfRange(file, from, in.position())));
    }
    int from = in.position();
    for (long i = 0; i < tensorCount; i++) {
      text();
      int typeAt = in.position() + 4 + 8 * in.getInt(in.position());
      typesAt.add(typeAt - from);
      in.position(typeAt + 12);
    }
    tensors = Arrays.copyOfRange(file, from, in.position());
    weights = Arrays.copyOfRange(file, aligned(in.position()), file.length);
  }

  private byte[] text() {
    byte[] bytes = new byte[(int) in.getLong()];
    in.get(bytes);
    return bytes;
  }

  private void skip(int type) {
    if (type == TEXT) {
      text();
    } else if (type == ARRAY) {
      int items = in.getInt();
      for (long i = in.getLong(); i > 0; i--) {
        skip(items);
      }
    } else {
      in.position(in.position() + NUMBER_BYTES[type]);
    }
  }

  /** The whole file with these 32-bit numbers in the place of one. */
  byte[] withArray(String key, int... numbers) {
    byte[] value = new byte[12 + 4 * numbers.length];
    ByteBuffer array = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    array.putInt(NUMBER).putLong(numbers.length);
    for (int number : numbers) {
      array.putInt(number);
    }
    List<Entry> changed = new ArrayList<>(entries);
    changed.replaceAll(old -> old.key.equals(key) ? new Entry(key, ARRAY, value) : old);
    return whole(head(changed, tensors));
  }

  /** The changed file's metadata and list of tensors: four bytes a change, eight at most. */
  byte[] head(byte[] edits) {
    List<Entry> changed = new ArrayList<>(entries);
    byte[] list = tensors.clone();
    ByteBuffer from = ByteBuffer.wrap(edits);
    for (int i = 0; i < EDITS_MAX && from.remaining() >= EDIT_BYTES && !changed.isEmpty(); i++) {
      int what = from.get() & 0xff;
      if (what == TENSOR_TYPE) {
        int at = typesAt.get((from.get() & 0xff) % typesAt.size());
        list[at] = (byte) ((from.get() & 0xff) % TENSOR_TYPES);
        from.get();
      } else {
        edit(changed, what, from.get() & 0xff, from.get() & 0xff, from.get());
      }
    }
    return head(changed, list);
  }

  private byte[] head(List<Entry> changed, byte[] list) {
    int bytes = HEAD + list.length + ALIGNMENT;
    for (Entry entry : changed) {
      bytes += 12 + entry.key.length() + entry.value.length;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x46554747).putInt(3).putLong(tensorCount).putLong(changed.size());
    for (Entry entry : changed) {
      byte[] key = entry.key.getBytes(StandardCharsets.UTF_8);
      out.putLong(key.length).put(key).putInt(entry.type).put(entry.value);
    }
    out.put(list).position(aligned(out.position()));
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The whole changed file. */
  byte[] file(byte[] edits) {
    return whole(head(edits));
  }

  private byte[] whole(byte[] head) {
    return ByteBuffer.allocate(head.length + weights.length).put(head).put(weights).array();
  }

  private void edit(List<Entry> changed, int what, int where, int choice, byte number) {
    int at = where % changed.size();
    Entry old = changed.get(at);
    switch (what % 8) {
      case 0, 1 -> changed.set(at, new Entry(old.key, old.type, value(old, choice, number)));
      case 2 -> changed.set(at, new Entry(old.key, old.type, moved(old.value, old.type, number)));
      case 3 -> changed.remove(at);
      case 4 -> {
        Entry other = changed.get(choice % changed.size());
        changed.set(at, new Entry(old.key, other.type, other.value));
      }
      case 5 -> changed.set(at, new Entry(old.key, choice % 14, value(old, choice, number)));
      default -> changed.add(more(where, choice, number));
    }
  }

  /** The last byte counts up or down by the number. */
  private static byte[] moved(byte[] value, int type, byte number) {
    byte[] copy = value.clone();
    if (type <= FLAG && copy.length > 0) {
      copy[0] += number;
    }
    return copy;
  }

  private static byte[] value(Entry old, int choice, byte number) {
    return switch (old.type) {
      case TEXT -> written(TEXTS.get(choice % TEXTS.size()));
      case DECIMAL -> bytes(4).putFloat(DECIMALS[choice % DECIMALS.length]).array();
      case FLAG -> new byte[] {number};
      case ARRAY -> shortened(old.value, choice, number);
      default -> {
        long chosen = choice < 128 ? NUMBERS[choice % NUMBERS.length] : number;
        yield Arrays.copyOf(bytes(8).putLong(chosen).array(), width(old.type));
      }
    };
  }

  /** An array with a few items less, of numbers with one of them changed too. */
  private static byte[] shortened(byte[] value, int choice, byte number) {
    ByteBuffer array = ByteBuffer.wrap(value.clone()).order(ByteOrder.LITTLE_ENDIAN);
    if (value.length <= 12 || width(array.getInt(0)) == 0) {
      return array.array();
    }
    int size = width(array.getInt(0));
    long count = array.getLong(4);
    if (count < 1 || count > (value.length - 12) / size) { // an earlier edit made it an array
      return array.array();
    }
    array.put(12 + (int) (choice * 31L % count) * size, number);
    long left = choice % 4 == 0 ? count - choice % Math.min(count, 3) : count;
    array.putLong(4, left);
    return Arrays.copyOf(array.array(), 12 + (int) left * size);
  }

  private Entry more(int where, int choice, byte number) {
    String name = MORE_KEYS.get(where % MORE_KEYS.size());
    String key = name.startsWith(".") ? architecture + name : name;
    int type = new int[] {NUMBER, DECIMAL, FLAG, TEXT, 5}[choice % 5];
    return new Entry(key, type, value(new Entry(key, type, new byte[0]), choice / 5, number));
  }

  /** Bytes of a number; 0 for what is none, which an edit may have made of one. */
  private static int width(int type) {
    return type < 0 || type >= NUMBER_BYTES.length ? 0 : NUMBER_BYTES[type];
  }

  private static byte[] written(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return bytes(8 + utf8.length).putLong(utf8.length).put(utf8).array();
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int aligned(int bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }
}
