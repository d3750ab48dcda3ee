package io.r1platform.api.keys;

import java.util.EnumSet;
import java.util.List;

/** Rights that tests give. */
public final class TestRights {
  /** Everything of the tenant API, invoices too, which a key has only when it is said. */
  public static final Rights EVERYTHING =
      new Rights(
          EnumSet.of(Scope.INFERENCE, Scope.BATCH, Scope.USAGE_READ, Scope.INVOICES_READ),
          null,
          List.of());

  private TestRights() {}

  /** The terms of a key with everything that never ends. */
  public static KeyTerms everything(String name) {
    return new KeyTerms(name, null, EVERYTHING);
  }
}
