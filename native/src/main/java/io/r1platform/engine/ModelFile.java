package io.r1platform.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a GGUF file says of its model, told from its metadata without loading it.
 *
 * @param name as the file names it; may be empty
 * @param architecture {@code deepseek2}, {@code qwen2} or {@code llama}
 * @param quantization of most weights, such as {@code Q4_K_M}; {@code unknown} if it does not say
 * @param parameters number of weights
 * @param contextTokens longest prompt and output together
 * @param markers tokens that text cannot produce, such as {@code <think>}
 * @param template its chat template; null if it has none
 * @param parts all files of the model, the first one first
 * @param memory what it takes
 */
public record ModelFile(
    String name,
    String architecture,
    String quantization,
    long parameters,
    int contextTokens,
    Set<String> markers,
    @Nullable String template,
    List<Path> parts,
    ModelMemory memory) {
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final long ALIGNMENT_MAX = 1L << 20;
  private static final long CONTROL = 3; // llama_token_type
  private static final long USER_DEFINED = 4;

  /** llama.cpp's {@code llama_ftype}. */
  private static final Map<Long, String> QUANTIZATIONS =
      Map.ofEntries(
          Map.entry(0L, "F32"),
          Map.entry(1L, "F16"),
          Map.entry(2L, "Q4_0"),
          Map.entry(3L, "Q4_1"),
          Map.entry(7L, "Q8_0"),
          Map.entry(8L, "Q5_0"),
          Map.entry(9L, "Q5_1"),
          Map.entry(10L, "Q2_K"),
          Map.entry(11L, "Q3_K_S"),
          Map.entry(12L, "Q3_K_M"),
          Map.entry(13L, "Q3_K_L"),
          Map.entry(14L, "Q4_K_S"),
          Map.entry(15L, "Q4_K_M"),
          Map.entry(16L, "Q5_K_S"),
          Map.entry(17L, "Q5_K_M"),
          Map.entry(18L, "Q6_K"),
          Map.entry(19L, "IQ2_XXS"),
          Map.entry(20L, "IQ2_XS"),
          Map.entry(21L, "Q2_K_S"),
          Map.entry(22L, "IQ3_XS"),
          Map.entry(23L, "IQ3_XXS"),
          Map.entry(24L, "IQ1_S"),
          Map.entry(25L, "IQ4_NL"),
          Map.entry(26L, "IQ3_S"),
          Map.entry(27L, "IQ3_M"),
          Map.entry(28L, "IQ2_S"),
          Map.entry(29L, "IQ2_M"),
          Map.entry(30L, "IQ4_XS"),
          Map.entry(31L, "IQ1_M"),
          Map.entry(32L, "BF16"),
          Map.entry(36L, "TQ1_0"),
          Map.entry(37L, "TQ2_0"),
          Map.entry(38L, "MXFP4_MOE"));

  /** Weights in a block and its bytes, by {@code ggml_type}. */
  private record Block(int weights, int bytes) {}

  private static final Map<Integer, Block> BLOCKS =
      Map.ofEntries(
          Map.entry(0, new Block(1, 4)),
          Map.entry(1, new Block(1, 2)),
          Map.entry(2, new Block(32, 18)),
          Map.entry(3, new Block(32, 20)),
          Map.entry(6, new Block(32, 22)),
          Map.entry(7, new Block(32, 24)),
          Map.entry(8, new Block(32, 34)),
          Map.entry(10, new Block(256, 84)),
          Map.entry(11, new Block(256, 110)),
          Map.entry(12, new Block(256, 144)),
          Map.entry(13, new Block(256, 176)),
          Map.entry(14, new Block(256, 210)),
          Map.entry(30, new Block(1, 2)));

  /** Takes copies. */
  public ModelFile {
    markers = Set.copyOf(markers);
    parts = List.copyOf(parts);
  }

  /**
   * Reads it.
   *
   * @throws EngineException MODEL with the reason if the file cannot be loaded safely, a part of it
   *     is missing, or it ends before its weights do
   */
  public static ModelFile of(Path file) {
    ModelMemory memory = ModelMemory.of(file); // checks it
    try {
      GgufMetadata metadata = GgufMetadata.read(file);
      var parts = new ArrayList<Path>(List.of(file));
      parts.addAll(ModelMemory.furtherParts(file, metadata));
      long parameters = 0;
      for (Path part : parts) {
        GgufMetadata own = part.equals(file) ? metadata : GgufMetadata.read(part);
        requireWeights(part, own);
        parameters += own.tensors().stream().mapToLong(GgufMetadata.Tensor::elements).sum();
      }
      return new ModelFile(
          Objects.requireNonNullElse(metadata.text("general.name"), ""),
          Objects.requireNonNullElse(metadata.text("general.architecture"), ""),
          QUANTIZATIONS.getOrDefault(metadata.number("general.file_type").orElse(-1), "unknown"),
          parameters,
          memory.contextTokens(),
          markers(metadata),
          metadata.text("tokenizer.chat_template"),
          parts,
          memory);
    } catch (GgufMetadata.Malformed e) {
      throw new EngineException(EngineStatus.MODEL, file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new EngineException(EngineStatus.MODEL, "cannot read " + file + ": " + e, e);
    }
  }

  /** Whether every tensor's weights lie within the file, as far as their size is known here. */
  private static void requireWeights(Path file, GgufMetadata metadata)
      throws IOException, GgufMetadata.Malformed {
    long size = Files.size(file);
    long alignment = metadata.number("general.alignment").orElse(DEFAULT_ALIGNMENT);
    if (alignment < 1 || alignment > ALIGNMENT_MAX) {
      throw new GgufMetadata.Malformed("general.alignment is " + alignment);
    }
    long begin = (metadata.headBytes() + alignment - 1) / alignment * alignment;
    long end = begin;
    for (GgufMetadata.Tensor tensor : metadata.tensors()) {
      Block block = BLOCKS.getOrDefault(tensor.type(), new Block(1, 0));
      if (tensor.elements() < 0 || tensor.offset() < 0 || tensor.offset() > size) {
        throw truncated(size, "tensor " + tensor.name() + " lies beyond it");
      }
      long blocks = (tensor.elements() + block.weights - 1) / block.weights;
      if (blocks > size) {
        throw truncated(size, "tensor " + tensor.name() + " is larger than it");
      }
      end = Math.max(end, begin + tensor.offset() + blocks * block.bytes);
    }
    if (end > size) {
      throw truncated(size, "its weights need " + end);
    }
  }

  private static GgufMetadata.Malformed truncated(long size, String why) {
    return new GgufMetadata.Malformed(
        "the file is cut short: it has " + size + " bytes, " + why + ". Fetch it again");
  }

  private static Set<String> markers(GgufMetadata metadata) {
    List<?> tokens = metadata.list("tokenizer.ggml.tokens");
    List<?> types = metadata.list("tokenizer.ggml.token_type");
    var markers = new HashSet<String>();
    for (int id = 0; id < Math.min(tokens.size(), types.size()); id++) {
      boolean marked = types.get(id).equals(CONTROL) || types.get(id).equals(USER_DEFINED);
      if (marked && tokens.get(id) instanceof String token) {
        markers.add(token);
      }
    }
    return markers;
  }
}
