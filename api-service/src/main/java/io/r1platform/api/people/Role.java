package io.r1platform.api.people;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What somebody is in an organization, or in one project of it. */
public enum Role {
  /** Everything. */
  OWNER,
  /** Everything but owners. */
  ADMIN,
  /** Keys, usage and requests. */
  DEVELOPER,
  /** Usage, requests, budgets, credit, exports, the audit trail. */
  FINANCE,
  /** Usage and requests. */
  VIEWER;

  /** The name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of this name. */
  public static Optional<Role> of(String wire) {
    return Arrays.stream(values()).filter(role -> role.wire().equals(wire)).findFirst();
  }

  /** Whether it can be given for one project; owning and paying is an organization's matter. */
  public boolean isOfProjects() {
    return this != OWNER && this != FINANCE;
  }
}
