package io.r1platform.api.holds;

import io.r1platform.api.keys.Caller;
import java.util.Locale;

/** What a budget belongs to, from root to leaf. */
enum Scope {
  CREDIT,
  ORGANIZATION,
  PROJECT,
  KEY;

  /** A budget's place: a scope and the id of what it belongs to. */
  record At(Scope scope, long id) {}

  At of(Caller caller) {
    return new At(
        this,
        switch (this) {
          case CREDIT, ORGANIZATION -> caller.organizationId();
          case PROJECT -> caller.projectId();
          case KEY -> caller.keyId();
        });
  }

  /** The name as callers read it. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
