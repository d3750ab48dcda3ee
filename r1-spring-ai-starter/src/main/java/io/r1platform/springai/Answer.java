package io.r1platform.springai;

import org.springframework.ai.chat.model.ChatResponse;

/** Who gets the text of a call: all at the end, or as it comes. Nothing here waits. */
sealed interface Answer permits WholeAnswer, StreamedAnswer {
  /** New text. */
  void delta(ChatResponse response);

  /** A good end: the last response without text, and one of all text. */
  void ended(ChatResponse last, ChatResponse whole);

  /** A failure. */
  void failed(R1Exception failure);
}
