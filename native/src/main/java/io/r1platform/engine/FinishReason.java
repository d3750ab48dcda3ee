package io.r1platform.engine;

/** Why a request finished. */
public enum FinishReason {
  /** The model chose an end token; it is the last token and counted. */
  END,
  /** A stop token of the request came; it is the last token and counted. */
  STOP_ID,
  /** {@code maxTokens} were generated. */
  LENGTH,
  /** It was cancelled. */
  CANCELLED,
  /** Its deadline passed. */
  DEADLINE,
  /** The engine drains, and the time given to that passed. */
  DRAINED;

  private static final FinishReason[] BY_CODE = values();

  static FinishReason ofCode(int code) {
    return BY_CODE[code - 1];
  }
}
