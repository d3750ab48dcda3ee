package io.r1platform.inference.models;

import java.nio.file.Path;
import java.util.Objects;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A model to load.
 *
 * @param path the GGUF file, or the checkpoint's directory for TensorRT-LLM
 * @param name its name in requests, unique in this process
 * @param modelId its number in receipts, the same in every service; unique in this process
 * @param maxOutputTokens most that one request may ask for; the context bounds it too
 * @param defaultMaxTokens what a request gets that asks for nothing
 * @param contextTokens longest prompt and output together; 0 = as all models of this process
 * @param maxRunning requests that generate at the same time; 0 = as all models of this process
 */
public record ModelPlan(
    Path path,
    @DefaultValue("r1-nano") String name,
    @DefaultValue("2") int modelId,
    @DefaultValue("65536") int maxOutputTokens,
    @DefaultValue("32768") int defaultMaxTokens,
    @DefaultValue("0") int contextTokens,
    @DefaultValue("0") int maxRunning) {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  /** Checks the ranges. */
  public ModelPlan {
    Objects.requireNonNull(path, "r1.inference.models[].path must be set");
    rule(name.matches(NAME), "name must be 1 to 64 letters, digits, '.', '_' or '-'");
    rule(modelId >= 1, "model-id must be at least 1");
    rule(defaultMaxTokens >= 1, "default-max-tokens must be at least 1");
    rule(
        maxOutputTokens >= defaultMaxTokens,
        "max-output-tokens must be at least default-max-tokens");
    rule(contextTokens >= 0, "context-tokens must not be negative");
    rule(maxRunning >= 0, "max-running must not be negative");
  }

  private static void rule(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("r1.inference.models[]." + otherwise);
    }
  }
}
