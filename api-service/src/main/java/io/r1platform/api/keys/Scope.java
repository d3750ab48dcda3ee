package io.r1platform.api.keys;

import java.util.Arrays;
import java.util.Optional;

/**
 * What an API key opens. A key has one or more, of the tenant API or of the admin API: one that
 * manages runs nothing.
 */
public enum Scope {
  /** Completions and what belongs to them: models, tokenize, quotes, requests. */
  INFERENCE("inference"),
  /** Files and batches. */
  BATCH("batch"),
  /** Usage, costs, balance and limits: money is read, nothing is run. */
  USAGE_READ("usage:read"),
  /** Invoices and their bundles: what all projects of the organization used, and who it is. */
  INVOICES_READ("invoices:read"),
  /** Whatever an admin of its organization may read by the admin API. */
  ADMIN_READ("admin:read"),
  /** Whatever an admin of its organization may do by the admin API, but making such keys. */
  ADMIN_WRITE("admin:write");

  private final String wire;

  Scope(String wire) {
    this.wire = wire;
  }

  /** Whether it opens the admin API, and nothing of the tenant API. */
  public boolean isAdmin() {
    return this == ADMIN_READ || this == ADMIN_WRITE;
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
