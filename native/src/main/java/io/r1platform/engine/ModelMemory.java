package io.r1platform.engine;

import io.r1platform.engine.EngineOptions.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * What a GGUF file takes on backend LLAMACPP, told from its metadata before it is loaded. Bytes.
 *
 * @param fileBytes all parts of the file; they are mapped
 * @param contextTokens the longest context of the model
 * @param cellBytes what the cache keeps of one token; latent attention keeps keys only
 * @param countedCellBytes what {@link EngineOptions#memoryBytesMax} allows a token: keys and values
 * @param activationBytes of one token while it is computed
 * @param scoreBytes the same, for each token of its context; 0 with flash attention
 * @param logitBytes of one output
 */
public record ModelMemory(
    long fileBytes,
    int contextTokens,
    long cellBytes,
    long countedCellBytes,
    long activationBytes,
    long scoreBytes,
    long logitBytes) {
  private static final int CELLS_ROUNDING = 256;
  private static final int STEP_TOKENS_MAX = 512;
  private static final int FLOAT = Float.BYTES;
  private static final int PARTS_MAX = 65_535; // split.count is a uint16
  private static final int WIDE_TENSORS = 8; // those of one layer that live at the same time
  private static final long ALL_F32 = 0;

  /**
   * Reads it.
   *
   * @throws EngineException MODEL with the reason if the file cannot be loaded safely
   */
  public static ModelMemory of(Path file) {
    ModelFileCheck.check(file);
    try {
      GgufMetadata metadata = GgufMetadata.read(file);
      return new Reading(metadata).memory(bytesOfParts(file, metadata));
    } catch (ArithmeticException e) {
      throw new EngineException(EngineStatus.MODEL, file + ": a size overflows", e);
    } catch (GgufMetadata.Malformed e) {
      throw new EngineException(EngineStatus.MODEL, file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new EngineException(EngineStatus.MODEL, "cannot read " + file + ": " + e, e);
    }
  }

  /** Bytes of the cache that a single request of the longest context needs. */
  public long cacheBytesMin(Sizes sizes) {
    return Math.multiplyExact(cellsOfOne(sizes), cellBytes);
  }

  /** Bytes of the cache in which all requests have the longest context. */
  public long cacheBytesMax(Sizes sizes) {
    return Math.multiplyExact(cacheBytesMin(sizes), sizes.maxSequences());
  }

  /** Bytes for computing, an estimate from above. */
  public long computeBytes(Sizes sizes) {
    long step = Math.min(sizes.stepTokens(), STEP_TOKENS_MAX);
    long perToken = Math.addExact(activationBytes, scoreBytes * cellsOfOne(sizes));
    return Math.multiplyExact(step, perToken) + logitBytes * sizes.maxSequences();
  }

  /** The {@link EngineOptions#memoryBytesMax} that lets the cache take so many bytes. */
  public long limitFor(long cacheBytes) {
    return cacheBytes / cellBytes * countedCellBytes;
  }

  private long cellsOfOne(Sizes sizes) {
    int asked = sizes.contextTokens();
    long tokens = asked == 0 ? contextTokens : Math.min(asked, contextTokens);
    return (tokens + CELLS_ROUNDING - 1) / CELLS_ROUNDING * CELLS_ROUNDING;
  }

  private static long bytesOfParts(Path file, GgufMetadata metadata) throws IOException {
    long bytes = Files.size(file);
    for (Path part : furtherParts(file, metadata)) {
      bytes += Files.size(part);
    }
    return bytes;
  }

  /** The files after the first of a model in parts, by llama.cpp's names; they need not exist. */
  static List<Path> furtherParts(Path file, GgufMetadata metadata) {
    long parts = metadata.number("split.count").orElse(1);
    String name = Objects.requireNonNull(file.getFileName(), "a file has a name").toString();
    String first = "-00001-of-%05d.gguf".formatted(parts);
    if (parts <= 1 || parts > PARTS_MAX || !name.endsWith(first)) {
      return List.of();
    }
    String stem = name.substring(0, name.length() - first.length());
    return LongStream.rangeClosed(2, parts)
        .mapToObj(part -> "%s-%05d-of-%05d.gguf".formatted(stem, part, parts))
        .map(file::resolveSibling)
        .toList();
  }

  /** The numbers of one file. */
  private record Reading(GgufMetadata metadata, String architecture) {
    Reading(GgufMetadata metadata) {
      this(metadata, Objects.requireNonNullElse(metadata.text("general.architecture"), ""));
    }

    ModelMemory memory(long fileBytes) {
      boolean exact = metadata.number("general.file_type").orElse(-1) == ALL_F32;
      long element = exact ? FLOAT : 2;
      long heads = Math.max(1, largest("attention.head_count", 1));
      long embedding = largest("embedding_length", 1);
      long head = embedding / heads;
      long keyHeads = Math.max(1, largest("attention.head_count_kv", heads));
      long rows = Math.multiplyExact(largest("block_count", 1) * element, keyHeads);
      long key = Math.max(1, largest("attention.key_length", head));
      long value = largest("attention.value_length", head);
      boolean latent = largest("attention.key_length_mla", 0) > 0;
      long wide = Math.max(embedding, heads * Math.max(key, value));
      return new ModelMemory(
          fileBytes,
          Math.toIntExact(largest("context_length", 1)),
          Math.multiplyExact(rows, latent ? key : key + value),
          Math.multiplyExact(rows, key + value),
          Math.multiplyExact(
              WIDE_TENSORS * FLOAT, Math.max(wide, largest("feed_forward_length", 1))),
          exact ? heads * FLOAT : 0,
          (long) metadata.list("tokenizer.ggml.tokens").size() * FLOAT);
    }

    private long largest(String key, long otherwise) {
      return metadata.largest(architecture + "." + key).orElse(otherwise);
    }
  }
}
