package io.r1platform.inference.completions;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Joins a connection and its completion, whichever comes or goes first. */
final class Call {
  private final AtomicReference<@Nullable Completion> completion = new AtomicReference<>();
  private volatile boolean over;

  /** A completion was made for this connection. */
  void has(Completion made) {
    completion.set(made);
    if (over) {
      made.hangUp();
    }
  }

  /** The response is written, has failed, or nobody wants it. */
  void over() {
    over = true;
    Completion made = completion.get();
    if (made != null) {
      made.hangUp();
    }
  }
}
