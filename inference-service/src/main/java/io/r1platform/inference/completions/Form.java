package io.r1platform.inference.completions;

/** What kind of completion an answer is. */
enum Form {
  /** Of a conversation. */
  CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk"),
  /** Of a raw prompt: all output is text. */
  RAW("cmpl-", "text_completion", "text_completion");

  private final String idPrefix;
  private final String object;
  private final String chunk;

  Form(String idPrefix, String object, String chunk) {
    this.idPrefix = idPrefix;
    this.object = object;
    this.chunk = chunk;
  }

  /** What stands before the request's id. */
  String idPrefix() {
    return idPrefix;
  }

  /** The name of a whole answer. */
  String object() {
    return object;
  }

  /** The name of a part of a stream. */
  String chunk() {
    return chunk;
  }
}
