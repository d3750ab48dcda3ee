package io.r1platform.springai;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.ai.chat.model.ChatResponse;

/** The whole text, at the end. */
final class WholeAnswer implements Answer {
  private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

  @Override
  public void delta(ChatResponse delta) {}

  @Override
  public void ended(ChatResponse last, ChatResponse whole) {
    response.complete(whole);
  }

  @Override
  public void failed(R1Exception failure) {
    response.completeExceptionally(failure);
  }

  /**
   * Waits; an interrupt cancels the call.
   *
   * @param longest after which the engine has missed the call's own deadline
   * @param standsStill hears of that
   */
  ChatResponse await(Duration longest, Runnable cancel, Runnable standsStill) {
    try {
      return response.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      standsStill.run();
      throw R1Exception.standsStill();
    } catch (InterruptedException e) {
      cancel.run();
      Thread.currentThread().interrupt();
      throw new R1Exception(R1Exception.Reason.CANCELLED, "The caller was interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof R1Exception failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    }
  }
}
