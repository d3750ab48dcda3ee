package io.r1platform.api.relay;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who hears the answer of a run: headers with the first byte, nothing after the last. */
interface ClientSide {

  /** Nothing will come, and nobody waits for it: the run did not begin. */
  default void unstarted() {}

  /** Lets the client be heard by its run. */
  void connect(Run run);

  /** Whether nobody will ever hear the answer, so that it need not begin. */
  boolean isGone();

  /** Whether the head of the answer has left, so that its status cannot change. */
  boolean isAnswering();

  /** The client hung up. */
  void leave();

  /** Sets the status, unless the head has left. */
  void status(int status);

  /** Adds a header, unless the head has left. */
  void header(String name, String value);

  /** Sends bytes as they are. Takes them over. */
  void send(byte[] bytes);

  /**
   * Sends the last bytes.
   *
   * @param charged what the run cost, or {@code "pending"}; null if it ended without a token
   */
  void end(byte[] last, @Nullable String charged);

  /** Whether it wants the end before that is charged. */
  boolean keeps();

  /**
   * Takes what {@link #end} will say, if it {@link #keeps}, and says when that is kept. The charge
   * waits for it, but does not depend on it.
   */
  @Nullable CompletableFuture<Void> keep(int status, byte[] last);

  /** Ends with an error before the first byte: it becomes the whole response. */
  void refuse(Throwable error);
}
