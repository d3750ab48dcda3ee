package io.r1platform.inference.chatmodel;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.prompts.OutputText;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.ai.chat.model.ChatResponse;

/** The whole text, at the end. */
final class WholeAnswer implements Answer {
  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder answer = new StringBuilder();
  private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

  @Override
  public void text(OutputText.Text text, Responses responses) {
    reasoning.append(text.reasoning());
    answer.append(text.answer());
  }

  @Override
  public void ended(GenerationEvent.Ended ended, Responses responses) {
    response.complete(responses.last(ended, reasoning.toString(), answer.toString()));
  }

  @Override
  public void failed(ServiceException failure) {
    response.completeExceptionally(failure);
  }

  ChatResponse await() {
    try {
      return response.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ServiceException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
