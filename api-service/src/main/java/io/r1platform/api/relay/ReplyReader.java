package io.r1platform.api.relay;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.upstreams.Doubt;
import org.jspecify.annotations.Nullable;

/** Reads one reply of the engine as its bytes come, and says what of it may go to the client. */
interface ReplyReader {

  /**
   * Takes the next bytes, which are the reader's from here on.
   *
   * @return what may go on and whether the reply has ended
   */
  Step read(byte[] bytes);

  /** The engine closed the reply: how it ended. */
  End closed();

  /** Output tokens that have come, reasoning and answer; both 0 where replies are not streamed. */
  Seen seen();

  /** Whether the engine has begun to generate, as far as the reply tells. */
  default boolean hasStarted() {
    return seen().output() > 0;
  }

  /** Prompt tokens, where the reply tells them after its head. */
  default @Nullable PromptTokens promptTokens() {
    return null;
  }

  /** Whether its bytes are for the client as they come, so that they come at the client's pace. */
  default boolean isStream() {
    return false;
  }

  /** Whether some of an answer has come, so that nobody else is asked for it. */
  default boolean hasBegun() {
    return seen().output() > 0;
  }

  /** What has come so far, where no exact count is to be awaited; null if nothing has. */
  default @Nullable EngineReport soFar() {
    return null;
  }

  /** Ends it here, as at its cap, where the gateway has to. */
  default Step cut() {
    return new Step(null, closed());
  }

  /** What keeps a silent connection alive, where the engine does not say it; empty for nothing. */
  default byte[] keepAlive() {
    return new byte[0];
  }

  /** What was wrong with the count; null if nothing was. Asked when it is over. */
  default @Nullable Doubt doubt() {
    return null;
  }

  /**
   * What to do next.
   *
   * @param pass bytes for the client
   * @param end how the reply ended, null while it goes on
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Step(byte @Nullable [] pass, @Nullable End end) {
    static final Step MORE = new Step(null, null);
  }

  /** Output tokens by class. */
  record Seen(int reasoning, int answer) {
    static final Seen NOTHING = new Seen(0, 0);

    int output() {
      return reasoning + answer;
    }
  }

  /** How a reply ended. */
  sealed interface End permits Counted, Errored {}

  /** Well, with the engine's exact count. */
  record Counted(EngineReport report) implements End {}

  /** With an error, and the exact count if the engine gave it. */
  record Errored(Finish finish, ServiceException error, @Nullable EngineReport report)
      implements End {}
}
