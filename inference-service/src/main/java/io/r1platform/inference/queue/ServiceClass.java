package io.r1platform.inference.queue;

/** Whether somebody waits for the answer. */
public enum ServiceClass {
  /** Runs first. */
  INTERACTIVE,
  /**
   * Runs when nothing interactive waits, and gets a twentieth of the tokens when something does.
   */
  BATCH
}
