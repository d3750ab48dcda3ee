package io.r1platform.api.people;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What the identity provider's groups and domains are here, by {@code r1.api.people}. */
@Component
public class GroupRoles {
  private final PeopleSettings settings;

  GroupRoles(PeopleSettings settings) {
    this.settings = settings;
  }

  /** A group, or a domain of addresses, and what its people are. */
  public record Mapped(String name, Membership membership) {}

  /** The groups that have a role in the organization. */
  public List<Mapped> groupsOf(long organizationId) {
    return settings.groups().stream()
        .flatMap(mapped -> mapped.membership().map(m -> new Mapped(mapped.group(), m)).stream())
        .filter(mapped -> mapped.membership().organizationId() == organizationId)
        .toList();
  }

  /** The domains whose people become members of the organization. */
  public List<Mapped> domainsOf(long organizationId) {
    return settings.domains().stream()
        .filter(domain -> domain.organization() == organizationId)
        .map(domain -> new Mapped(domain.domain(), domain.membership()))
        .toList();
  }

  /** Whether one of the groups runs the site. */
  boolean operator(Collection<String> groups) {
    return settings.groups().stream()
        .anyMatch(mapped -> mapped.operator() && groups.contains(mapped.group()));
  }

  /** Roles of the groups, each once. */
  List<Membership> memberships(Collection<String> groups) {
    return settings.groups().stream()
        .filter(mapped -> groups.contains(mapped.group()))
        .flatMap(mapped -> mapped.membership().stream())
        .distinct()
        .toList();
  }

  /** The role of whoever has a verified address of this domain, if the domain is let in. */
  Optional<Membership> ofDomain(String email) {
    return settings.domains().stream()
        .filter(domain -> domain.has(email))
        .map(PeopleSettings.Domain::membership)
        .findFirst();
  }
}
