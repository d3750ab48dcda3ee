package io.r1platform.api.people;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a principal may do one thing.
 *
 * @param everywhere on the whole site
 * @param organizations in all of these
 * @param projects in these, with their organizations
 */
public record Reach(boolean everywhere, Set<Long> organizations, Map<Long, Long> projects) {
  static final Reach NOWHERE = new Reach(false, Set.of(), Map.of());
  static final Reach EVERYWHERE = new Reach(true, Set.of(), Map.of());

  public Reach {
    organizations = Set.copyOf(organizations);
    projects = Map.copyOf(projects);
  }

  static Reach of(Permission permission, List<Membership> memberships) {
    List<Membership> giving =
        memberships.stream().filter(m -> permission.isGivenBy(m.role())).toList();
    Set<Long> whole =
        giving.stream()
            .filter(m -> m.projectId() == null)
            .map(Membership::organizationId)
            .collect(Collectors.toSet());
    Map<Long, Long> single =
        giving.stream()
            .filter(m -> m.projectId() != null && permission.byProject())
            .collect(
                Collectors.toMap(
                    m -> Objects.requireNonNull(m.projectId()),
                    Membership::organizationId,
                    (same, again) -> same));
    return new Reach(false, whole, single);
  }

  /** Whether it is nowhere. */
  public boolean isEmpty() {
    return !everywhere && organizations.isEmpty() && projects.isEmpty();
  }

  /** Whether it covers an organization as a whole. */
  public boolean hasOrganization(long id) {
    return everywhere || organizations.contains(id);
  }

  /** Whether it covers an organization or some project of it. */
  public boolean touchesOrganization(long id) {
    return hasOrganization(id) || projects.containsValue(id);
  }

  /** The organizations that it covers or touches; null for all of the site. */
  public @Nullable Set<Long> touchedOrganizations() {
    if (everywhere) {
      return null;
    }
    Set<Long> touched = new HashSet<>(organizations);
    touched.addAll(projects.values());
    return touched;
  }

  /** Whether it covers a project. */
  public boolean hasProject(long organizationId, long id) {
    return hasOrganization(organizationId) || Objects.equals(projects.get(id), organizationId);
  }
}
