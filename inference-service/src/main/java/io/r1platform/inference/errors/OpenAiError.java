package io.r1platform.inference.errors;

import org.jspecify.annotations.Nullable;

/** OpenAI's error object, as it stands under {@code error}. */
public record OpenAiError(String message, String type, @Nullable String param, String code) {
  /** The object of a failure. */
  public static OpenAiError of(ServiceException failure) {
    return new OpenAiError(
        failure.explanation(), failure.code().type(), failure.param(), failure.code().code());
  }
}
