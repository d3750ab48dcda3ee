package io.r1platform.standalone.models;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * One model, as it was when it was added.
 *
 * @param name in requests
 * @param modelId in receipts, prices and records; never given to another one
 * @param path the file, its first part, or the directory
 * @param description what its own files say
 * @param files all that it consists of
 * @param sha256 of its only file; of several, of their sums as sha256sum prints them, sorted
 * @param copied whether the files are ours and go with it
 * @param addedAt when
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RegisteredModel(
    String name,
    int modelId,
    Path path,
    Description description,
    List<FileSum> files,
    String sha256,
    boolean copied,
    Instant addedAt) {
  /** Takes a copy. */
  public RegisteredModel {
    files = List.copyOf(files);
  }

  /**
   * What inference-service's check says of a model.
   *
   * @param format {@code gguf}, for llama.cpp, or {@code huggingface}, for TensorRT-LLM
   * @param quantization of most weights
   * @param parameters number of weights
   * @param contextTokens longest prompt and output together
   * @param capabilities what follows from its template
   * @param neededBytes of memory; of graphics memory for TensorRT-LLM
   * @param usableBytes what was there for it; null where that is not known
   * @param files all that it consists of
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Description(
      String format,
      String architecture,
      String quantization,
      long parameters,
      int contextTokens,
      List<String> capabilities,
      long neededBytes,
      @Nullable Long usableBytes,
      List<String> files) {
    /** Takes copies. */
    public Description {
      capabilities = List.copyOf(capabilities);
      files = List.copyOf(files);
    }

    /** Whether TensorRT-LLM runs it, which has one model for a process. */
    public boolean isForTensorRt() {
      return format.equals("huggingface");
    }
  }

  /** A file with its size and SHA-256. */
  @JsonNaming(SnakeCaseStrategy.class)
  public record FileSum(Path path, long bytes, String sha256) {}

  /** Of all its files. */
  public long bytes() {
    return files.stream().mapToLong(FileSum::bytes).sum();
  }
}
