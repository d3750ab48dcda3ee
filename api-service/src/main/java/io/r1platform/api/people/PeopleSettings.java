package io.r1platform.api.people;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code r1.api.people.*}.
 *
 * @param groups what the identity provider's groups are here
 * @param domains whose people are let in without an invitation
 */
@ConfigurationProperties("r1.api.people")
record PeopleSettings(
    @DefaultValue({}) List<GroupRole> groups, @DefaultValue({}) List<Domain> domains) {
  private static final String OPERATOR = "operator";

  PeopleSettings {
    groups = List.copyOf(groups);
    domains = List.copyOf(domains);
  }

  /**
   * What members of a group are.
   *
   * @param group as the identity provider names it
   * @param role owner, admin, developer, finance or viewer, or {@code operator} of the site
   * @param organization where; not for operators
   * @param project where, if not in the whole organization
   */
  record GroupRole(String group, String role, @Nullable Long organization, @Nullable Long project) {
    GroupRole {
      if (isOperator(role)) {
        if (organization != null || project != null) {
          throw wrong(group, "an operator is one of the whole site");
        }
      } else {
        Role known = known(group, role);
        if (organization == null) {
          throw wrong(group, "a role is one in an organization");
        }
        if (project != null && !known.isOfProjects()) {
          throw wrong(group, role + " is one of the whole organization");
        }
      }
    }

    Optional<Membership> membership() {
      return organization == null
          ? Optional.empty()
          : Optional.of(new Membership(organization, project, known(group, role)));
    }

    boolean operator() {
      return isOperator(role);
    }
  }

  /**
   * A domain of e-mail addresses that the identity provider verifies.
   *
   * @param domain for instance {@code example.com}; subdomains are others
   * @param organization whose members they become
   * @param role theirs in it
   */
  record Domain(String domain, long organization, String role) {
    Domain {
      domain = domain.toLowerCase(Locale.ROOT);
      known(domain, role);
    }

    boolean has(String email) {
      return email.endsWith("@" + domain);
    }

    Membership membership() {
      return new Membership(organization, null, known(domain, role));
    }
  }

  private static boolean isOperator(String role) {
    return role.equals(OPERATOR);
  }

  private static Role known(String whose, String role) {
    return Role.of(role).orElseThrow(() -> wrong(whose, "there is no role " + role));
  }

  private static IllegalArgumentException wrong(String whose, String why) {
    return new IllegalArgumentException("r1.api.people, %s: %s".formatted(whose, why));
  }
}
