package io.r1platform.api.people;

import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Programs that the identity provider vouches for; what they are is what their groups are. */
@Component
public class Machines {
  private final JdbcClient jdbc;
  private final GroupRoles roles;
  private final Tenants tenants;

  Machines(JdbcClient jdbc, GroupRoles roles, Tenants tenants) {
    this.jdbc = jdbc;
    this.roles = roles;
    this.tenants = tenants;
  }

  /**
   * The machine of this subject; nothing where the subject is a person that has been here, whose
   * access token would else do what the person may do only by a login. Blocking.
   */
  public Optional<Principal> find(String issuer, String subject, List<String> groups) {
    return isPerson(issuer, subject) ? Optional.empty() : Optional.of(machine(subject, groups));
  }

  private boolean isPerson(String issuer, String subject) {
    return jdbc.sql(
            "select exists (select from person where issuer = :issuer and subject = :subject)")
        .param("issuer", issuer)
        .param("subject", subject)
        .query(Boolean.class)
        .single();
  }

  private Principal machine(String subject, List<String> groups) {
    return new Principal(
        null, "machine " + subject, true, roles.operator(groups), memberships(groups));
  }

  /** The settings may name a project with an organization that it is not of: that gives nothing. */
  private List<Membership> memberships(List<String> groups) {
    List<Membership> named = roles.memberships(groups);
    Set<Long> ids =
        named.stream()
            .filter(role -> role.projectId() != null)
            .map(role -> Objects.requireNonNull(role.projectId()))
            .collect(Collectors.toSet());
    Map<Long, ProjectView> projects = tenants.projectsById(ids);
    return named.stream().filter(role -> isThere(role, projects)).toList();
  }

  private static boolean isThere(Membership role, Map<Long, ProjectView> projects) {
    Long id = role.projectId();
    ProjectView project = id == null ? null : projects.get(id);
    return id == null || (project != null && project.organizationId() == role.organizationId());
  }
}
