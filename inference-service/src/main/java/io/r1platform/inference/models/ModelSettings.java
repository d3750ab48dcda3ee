package io.r1platform.inference.models;

import java.nio.file.Path;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The model to serve.
 *
 * @param path the GGUF file, or the checkpoint's directory for TensorRT-LLM
 * @param name its name in requests
 * @param modelId its number in receipts, the same in every service
 * @param maxOutputTokens most that one request may ask for; the context bounds it too
 * @param defaultMaxTokens what a request gets that asks for nothing
 */
@ConfigurationProperties("r1.inference.models")
record ModelSettings(
    Path path,
    @DefaultValue("r1-nano") String name,
    @DefaultValue("2") int modelId,
    @DefaultValue("65536") int maxOutputTokens,
    @DefaultValue("32768") int defaultMaxTokens) {
  ModelSettings {
    Objects.requireNonNull(path, "r1.inference.models.path must be set");
    if (name.isBlank()) {
      throw new IllegalArgumentException("r1.inference.models.name must not be blank");
    }
    if (modelId < 1 || defaultMaxTokens < 1 || maxOutputTokens < defaultMaxTokens) {
      throw new IllegalArgumentException(
          "r1.inference.models: model-id and default-max-tokens are at least 1, and"
              + " max-output-tokens is at least default-max-tokens");
    }
  }
}
