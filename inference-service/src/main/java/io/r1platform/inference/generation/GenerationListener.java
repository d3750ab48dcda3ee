package io.r1platform.inference.generation;

/** Who wants the tokens. Called by one thread at a time; must never wait. */
@FunctionalInterface
public interface GenerationListener {
  /**
   * The next event.
   *
   * @return false if no more tokens are wanted, since a stop string was found: the generation ends
   *     with STOP, and tokens on their way are neither delivered nor counted
   */
  boolean on(GenerationEvent event);

  /**
   * No more tokens are here at the moment: what was kept back to be passed on together leaves now.
   * Comes after every group of tokens, before the engine is asked for more; an end asks for it too.
   */
  default void flush() {}
}
