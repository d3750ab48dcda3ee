package io.r1platform.api.people;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Programs that the identity provider vouches for; what they are is what their groups are. */
@Component
public class Machines {
  private final JdbcClient jdbc;
  private final GroupRoles roles;

  Machines(JdbcClient jdbc, GroupRoles roles) {
    this.jdbc = jdbc;
    this.roles = roles;
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
        null, "machine " + subject, true, roles.operator(groups), roles.memberships(groups));
  }
}
