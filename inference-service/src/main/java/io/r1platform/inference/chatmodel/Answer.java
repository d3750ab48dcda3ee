package io.r1platform.inference.chatmodel;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.prompts.OutputText;

/** Who gets the text of a call: all at the end, or as it comes. */
sealed interface Answer permits WholeAnswer, StreamedAnswer {
  /** New text; must not wait. */
  void text(OutputText.Text text, Responses responses);

  /** A good end. */
  void ended(GenerationEvent.Ended ended, Responses responses);

  /** A failure. */
  void failed(ServiceException failure);
}
