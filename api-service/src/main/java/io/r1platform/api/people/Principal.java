package io.r1platform.api.people;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody or something that was let in.
 *
 * @param personId who logged in; null for a machine
 * @param name a person's e-mail address, or a machine's name
 * @param enabled a disabled person keeps the session and may do nothing with it
 * @param operator runs the site
 * @param memberships what all of them give adds up
 */
public record Principal(
    @Nullable Long personId,
    String name,
    boolean enabled,
    boolean operator,
    List<Membership> memberships) {
  private static final String KEY = "key ";

  public Principal {
    memberships = List.copyOf(memberships);
  }

  /** A management key, named by the part of it that is no secret. */
  public static Principal ofKey(String open, Membership membership) {
    return new Principal(null, KEY + open, true, false, List.of(membership));
  }

  /** Whether this is a management key: neither a person nor a machine of the identity provider. */
  public boolean isKey() {
    return personId == null && name.startsWith(KEY);
  }

  /** Where this may be done. */
  public Reach reach(Permission permission) {
    if (!enabled || (isKey() && !permission.isOfKeys())) {
      return Reach.NOWHERE;
    }
    return operator && permission.isOperators()
        ? Reach.EVERYWHERE
        : Reach.of(permission, memberships);
  }

  /** Whether a role in the organization, or in a project of it, gives this permission. */
  public boolean isOf(long organizationId, Permission permission) {
    return Reach.of(permission, memberships).touchesOrganization(organizationId);
  }

  /** Whether this principal owns the organization, or runs the site. */
  public boolean owns(long organizationId) {
    return operator
        || memberships.stream()
            .anyMatch(m -> m.organizationId() == organizationId && m.role() == Role.OWNER);
  }
}
