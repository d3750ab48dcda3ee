package io.r1platform.api.limits;

import io.r1platform.api.keys.Caller;
import java.util.Locale;
import java.util.Optional;

/** Whose requests a limit counts. */
public enum LimitScope {
  ORGANIZATION,
  PROJECT,
  KEY;

  /** The name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The scope of this name. */
  public static Optional<LimitScope> of(String wire) {
    for (LimitScope scope : values()) {
      if (scope.wire().equals(wire)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }

  long idOf(Caller caller) {
    return switch (this) {
      case ORGANIZATION -> caller.organizationId();
      case PROJECT -> caller.projectId();
      case KEY -> caller.keyId();
    };
  }
}
