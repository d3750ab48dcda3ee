package io.r1platform.api.keys;

import java.util.Arrays;
import java.util.Optional;

/** What an API key opens of the tenant API. A key has one or more. */
public enum Scope {
  /** Completions and what belongs to them: models, tokenize, quotes, requests. */
  INFERENCE("inference"),
  /** Files and batches. */
  BATCH("batch"),
  /** Usage, costs, balance and limits: money is read, nothing is run. */
  USAGE_READ("usage:read");

  private final String wire;

  Scope(String wire) {
    this.wire = wire;
  }

  /** As it is written in requests, answers and the database. */
  public String wire() {
    return wire;
  }

  /** The scope that is written so, if there is one. */
  public static Optional<Scope> of(String wire) {
    return Arrays.stream(values()).filter(scope -> scope.wire.equals(wire)).findFirst();
  }
}
