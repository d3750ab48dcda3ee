package io.r1platform.api.relay;

/** What is to be completed. */
enum Kind {
  /** A conversation. */
  CHAT("/v1/chat/completions"),
  /** A raw prompt. */
  RAW("/v1/completions");

  private final String enginePath;

  Kind(String enginePath) {
    this.enginePath = enginePath;
  }

  /** Where the engine takes it. */
  String enginePath() {
    return enginePath;
  }
}
