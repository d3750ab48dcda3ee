package io.r1platform.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Refuses a model file of another architecture than R1's and its distills', whose heads have other
 * shapes than are checked here, and one whose metadata would make llama.cpp abort the process; what
 * it refuses by itself is left to it. The rules are those its loader asserts (v0.5.0).
 */
final class ModelFileCheck {
  private static final long LAYERS_MAX = 512;
  private static final long EXPERTS_MAX = 1_024;
  private static final long GATING_MAX = 4;

  /** Those whose heads are checked below. */
  private static final List<String> ARCHITECTURES = List.of("deepseek2", "qwen2", "llama");

  /**
   * Numbers that llama.cpp also takes as one for each layer, which R1 and its distills have not.
   */
  private static final List<String> SINGLE_NUMBERS =
      List.of("attention.head_count", "attention.head_count_kv", "expert_used_count");

  private static final String ALIGNMENT = "general.alignment";

  /** Bytes: ggml's {@code TENSOR_ALIGNMENT}, which it asserts of weights that it maps. */
  private static final long ALIGNMENT_MIN = 32;

  private static final int F32 = 0;

  /**
   * Those that the processor can multiply with: ggml's {@code type_traits_cpu} with a {@code
   * vec_dot}. With any other the first token calls a null pointer.
   */
  private static final Set<Integer> WEIGHT_TYPES =
      Set.of(
          0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 29, 30, 34, 35,
          39, 40, 41, 42);

  private static final Set<String> ROPE_SCALINGS = Set.of("none", "linear", "yarn", "longrope");

  private final GgufMetadata metadata;
  private final String architecture;

  private ModelFileCheck(GgufMetadata metadata, String architecture) {
    this.metadata = metadata;
    this.architecture = architecture;
  }

  /** Throws MODEL with the reason if the file cannot be loaded safely. */
  static void check(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new EngineException(EngineStatus.MODEL, "there is no model file " + file);
    }
    try {
      GgufMetadata metadata = GgufMetadata.read(file);
      String architecture = metadata.text("general.architecture");
      if (architecture == null || architecture.isEmpty()) {
        throw new GgufMetadata.Malformed("general.architecture is missing");
      }
      new ModelFileCheck(metadata, architecture).run();
      tensors(metadata);
      for (Path part : ModelMemory.furtherParts(file, metadata)) {
        tensors(GgufMetadata.read(part));
      }
    } catch (GgufMetadata.Malformed e) {
      throw new EngineException(EngineStatus.MODEL, file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new EngineException(EngineStatus.MODEL, "cannot read " + file + ": " + e, e);
    }
  }

  private void run() throws GgufMetadata.Malformed {
    rule(
        ARCHITECTURES.contains(architecture),
        "the architecture is "
            + architecture
            + "; supported are "
            + String.join(", ", ARCHITECTURES)
            + ", those of R1 and its distills");
    for (String key : SINGLE_NUMBERS) {
      rule(!metadata.isList(architecture + "." + key), key + " is an array");
    }
    layers();
    experts();
    heads();
    norms();
    temperature();
    rope();
    vocabulary();
  }

  private void layers() throws GgufMetadata.Malformed {
    long layers = number("block_count", 0);
    rule(layers >= 1 && layers <= LAYERS_MAX, "block_count is " + layers);
    long next = number("nextn_predict_layers", 0);
    rule(next < layers, "nextn_predict_layers " + next + " of " + layers + " layers");
    long context = number("context_length", 0);
    rule(context >= 1 && context < Integer.MAX_VALUE, "context_length is " + context);
  }

  private void experts() throws GgufMetadata.Malformed {
    long experts = number("expert_count", 0);
    long used = metadata.largest(architecture + ".expert_used_count").orElse(0);
    long groups = number("expert_group_count", 0);
    long groupsUsed = number("expert_group_used_count", 0);
    rule(experts >= 0 && experts <= EXPERTS_MAX, "expert_count is " + experts);
    if (experts == 0) {
      rule(used == 0 && groups == 0, "experts are used, but expert_count is 0");
      return;
    }
    long gating = number("expert_gating_func", 0);
    rule(gating >= 0 && gating <= GATING_MAX, "expert_gating_func is " + gating);
    rule(used > 0 && used <= experts, used + " experts used of " + experts);
    rule(groups >= 0 && groups < experts, groups + " expert groups for " + experts + " experts");
    if (groups > 1) {
      rule(experts % groups == 0, experts + " experts do not divide into " + groups + " groups");
      rule(
          groupsUsed > 0 && groupsUsed < groups,
          groupsUsed + " expert groups used of " + groups + ": must be fewer, and at least 1");
      rule(
          experts / groups >= 2 && used <= groupsUsed * (experts / groups),
          "the used expert groups hold too few experts");
    }
  }

  private void heads() throws GgufMetadata.Malformed {
    OptionalLong heads = metadata.largest(architecture + ".attention.head_count");
    rule(heads.isPresent() && heads.getAsLong() > 0, "attention.head_count is missing or 0");
    if (architecture.equals("deepseek2")) {
      latentHeads();
    } else {
      denseHeads();
    }
  }

  /** Heads of one size for keys, values and rotation, which together are the embedding. */
  private void denseHeads() throws GgufMetadata.Malformed {
    long heads = number("attention.head_count", 0);
    rule(heads > 0, "attention.head_count is not one number");
    long embedding = number("embedding_length", 0);
    rule(embedding > 0 && embedding % heads == 0, embedding + " in " + heads + " heads");
    long head = embedding / heads;
    rule(head % 2 == 0, "a head of " + head + " cannot be rotated by pairs");
    for (String size :
        List.of("attention.key_length", "attention.value_length", "rope.dimension_count")) {
      rule(number(size, head) == head, size + " is not the " + head + " of a head");
    }
    long keyHeads = number("attention.head_count_kv", heads);
    boolean divides = keyHeads > 0 && heads % keyHeads == 0;
    rule(divides, heads + " heads share " + keyHeads + " of keys");
  }

  /** Multi-head latent attention: one key head, of the compressed part and the rotated one. */
  private void latentHeads() throws GgufMetadata.Malformed {
    long rope = number("rope.dimension_count", 0);
    rule(rope >= 2 && rope % 2 == 0, "rope.dimension_count is " + rope);
    long compressed = number("attention.kv_lora_rank", 0);
    long key = number("attention.key_length", 0);
    long wholeKey = number("attention.key_length_mla", 0);
    if (wholeKey == 0) { // files of before 2025 keep keys and values whole
      rule(key - rope >= 1, "attention.key_length leaves nothing beside the " + rope + " of rope");
      return;
    }
    rule(
        wholeKey - rope >= 1,
        "attention.key_length_mla leaves nothing beside the " + rope + " of rope");
    rule(key == compressed + rope, "attention.key_length is not kv_lora_rank and rope together");
    long keyHeads = metadata.largest(architecture + ".attention.head_count_kv").orElse(0);
    rule(keyHeads == 1, "attention.head_count_kv is " + keyHeads + ", not 1");
  }

  private void norms() throws GgufMetadata.Malformed {
    for (String key : List.of("layer_norm_epsilon", "layer_norm_rms_epsilon")) {
      double epsilon = metadata.decimal(architecture + ".attention." + key).orElse(0);
      rule(epsilon >= 0 && epsilon < 1, "attention." + key + " is " + epsilon);
    }
  }

  /** With one llama.cpp asserts what no key of the file promises; R1 and its distills have none. */
  private void temperature() throws GgufMetadata.Malformed {
    double scale = metadata.decimal(architecture + ".attention.temperature_scale").orElse(0);
    rule(scale == 0, "attention.temperature_scale is " + scale + ", which R1 does not have");
  }

  private void rope() throws GgufMetadata.Malformed {
    String scaling = metadata.text(architecture + ".rope.scaling.type");
    rule(scaling == null || ROPE_SCALINGS.contains(scaling), "rope.scaling.type is " + scaling);
  }

  private void vocabulary() throws GgufMetadata.Malformed {
    List<?> tokens = metadata.list("tokenizer.ggml.tokens");
    rule(!tokens.isEmpty(), "tokenizer.ggml.tokens is missing");
    rule(new HashSet<>(tokens).size() == tokens.size(), "a token comes twice in the vocabulary");
    for (String list : List.of("scores", "token_type")) {
      int entries = metadata.list("tokenizer.ggml." + list).size();
      rule(
          entries == 0 || entries >= tokens.size(),
          "tokenizer.ggml." + list + " has " + entries + " of " + tokens.size() + " entries");
    }
  }

  private static void tensors(GgufMetadata metadata) throws GgufMetadata.Malformed {
    if (metadata.has(ALIGNMENT)) {
      long alignment = metadata.number(ALIGNMENT).orElse(0);
      rule(
          alignment >= ALIGNMENT_MIN && Long.bitCount(alignment) == 1,
          ALIGNMENT + " is " + alignment + ", not a power of two of at least " + ALIGNMENT_MIN);
    }
    for (GgufMetadata.Tensor tensor : metadata.tensors()) {
      String type = "tensor " + tensor.name() + " is of type " + tensor.type();
      rule(WEIGHT_TYPES.contains(tensor.type()), type + ", which no processor multiplies with");
      rule(!tensor.vector() || tensor.type() == F32, type + ", but a vector must be F32");
    }
  }

  private long number(String key, long otherwise) {
    return metadata.number(architecture + "." + key).orElse(otherwise);
  }

  private static void rule(boolean holds, String otherwise) throws GgufMetadata.Malformed {
    if (!holds) {
      throw new GgufMetadata.Malformed(otherwise);
    }
  }
}
