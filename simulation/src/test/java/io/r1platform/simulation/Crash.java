package io.r1platform.simulation;

/** The end of a simulated process; no code under test catches it. */
final class Crash extends Error {
  private static final long serialVersionUID = 1;

  Crash() {
    super("simulated SIGKILL", null, false, false);
  }
}
