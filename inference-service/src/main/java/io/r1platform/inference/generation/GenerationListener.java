package io.r1platform.inference.generation;

/** Who wants the tokens. Called by one thread at a time; must never wait. */
@FunctionalInterface
public interface GenerationListener {
  /**
   * The next event.
   *
   * @return false if no more tokens are wanted, since a stop string was found: the generation ends
   *     with STOP, and tokens on their way are still counted and delivered
   */
  boolean on(GenerationEvent event);
}
