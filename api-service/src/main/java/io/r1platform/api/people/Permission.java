package io.r1platform.api.people;

import static io.r1platform.api.people.Role.ADMIN;
import static io.r1platform.api.people.Role.DEVELOPER;
import static io.r1platform.api.people.Role.FINANCE;
import static io.r1platform.api.people.Role.OWNER;
import static io.r1platform.api.people.Role.VIEWER;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a route of the admin API needs, and which roles give it. The platform operator has all but
 * what is the tenant's alone.
 */
public enum Permission {
  /** Names of organizations and projects. */
  TENANTS_READ(true, OWNER, ADMIN, DEVELOPER, FINANCE, VIEWER),
  /** Sums of usage, and single requests without their content. */
  USAGE_READ(true, OWNER, ADMIN, DEVELOPER, FINANCE, VIEWER),
  /** What an organization used and spent as a whole. */
  OVERVIEW_READ(false, OWNER, ADMIN, DEVELOPER, FINANCE, VIEWER),
  /** API keys without their secrets. */
  KEYS_READ(true, OWNER, ADMIN, DEVELOPER),
  /** Making, changing, rotating and revoking API keys. */
  KEYS_WRITE(true, OWNER, ADMIN, DEVELOPER),
  /** What a project's keys may use and what is stored of its requests. */
  PROJECTS_WRITE(true, OWNER, ADMIN),
  /** Prompts and answers that a project stores; not the operator's. */
  CONTENT_READ(true, OWNER, ADMIN, DEVELOPER),
  /** New projects. */
  PROJECTS_CREATE(false, OWNER, ADMIN),
  /** Budgets and their alerts. */
  BUDGETS_READ(false, OWNER, ADMIN, FINANCE),
  /** Making, changing, raising and closing budgets. */
  BUDGETS_WRITE(false, OWNER, ADMIN, FINANCE),
  /** Grants, terms and what is left. */
  CREDIT_READ(false, OWNER, ADMIN, FINANCE),
  /** Invoices, credit notes and who is billed. */
  INVOICES_READ(false, OWNER, ADMIN, FINANCE),
  /** Files for finance. */
  EXPORTS_READ(false, OWNER, ADMIN, FINANCE),
  /** Who changed what. */
  AUDIT_READ(false, OWNER, ADMIN, FINANCE),
  /** Who has which role. */
  MEMBERS_READ(false, OWNER, ADMIN),
  /** Inviting people, giving and taking roles; those of owners by owners only. */
  MEMBERS_WRITE(false, OWNER, ADMIN),
  /** Whatever concerns the site: models, prices, money, all organizations. */
  SITE(false);

  private final boolean byProject;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is
  private final Set<Role> roles;

  Permission(boolean byProject, Role... roles) {
    this.byProject = byProject;
    this.roles = Set.of(roles);
  }

  /** Whether a role in one project is enough for it there. */
  public boolean byProject() {
    return byProject;
  }

  /** Whether running the site gives it. */
  public boolean isOperators() {
    return this != CONTENT_READ;
  }

  /**
   * Whether a management key can have it: the operator makes keys too, and would read by them what
   * is the tenant's alone.
   */
  public boolean isOfKeys() {
    return this != CONTENT_READ;
  }

  /** Whether the role gives it. */
  boolean isGivenBy(Role role) {
    return roles.contains(role);
  }

  /** The roles that give it, the mightiest first. */
  public List<Role> roles() {
    return roles.stream().sorted().toList();
  }

  /** Its name on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
