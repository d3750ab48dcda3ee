package io.r1platform.api.people;

import io.r1platform.api.errors.ServiceException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Lets people in whom the identity provider vouches for: those who are known or invited, those
 * whose groups have a role here, and those of a domain that is let in. Nobody else.
 */
@Component
public class Admissions {
  private final JdbcClient jdbc;
  private final People people;
  private final Invitations invitations;
  private final GroupRoles roles;
  private final Clock clock;

  Admissions(
      JdbcClient jdbc, People people, Invitations invitations, GroupRoles roles, Clock clock) {
    this.jdbc = jdbc;
    this.people = people;
    this.invitations = invitations;
    this.roles = roles;
    this.clock = clock;
  }

  /**
   * Who was let in.
   *
   * @param before the person as it was before this login, or nothing if it is new
   * @param accepted what an invitation gave
   */
  public record Admitted(
      Optional<Principal> before, Principal person, long id, Optional<Membership> accepted) {}

  /**
   * The person of this identity, with the roles that its groups give from now on; made if it may be
   * let in. A person that was known by its e-mail address only belongs to the identity from then
   * on.
   *
   * @param invitation {@link Invitations#hash} of a token, null without one; a role that the person
   *     has there already stays as it is
   * @throws ServiceException a {@link LoginRefusal}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Admitted admit(Identity identity, @Nullable String invitation) {
    lock(identity);
    Optional<Membership> invited =
        Optional.ofNullable(invitation).map(hash -> accepted(hash, identity));
    Optional<Long> known = known(identity);
    Optional<Principal> before = known.flatMap(people::find);
    long id = known.orElseGet(() -> add(identity, invited));
    invited.ifPresent(membership -> give(id, membership, "given"));
    renewGroupRoles(id, identity);
    return new Admitted(before, people.find(id).orElseThrow(), id, invited);
  }

  private Membership accepted(String invitation, Identity identity) {
    return invitations
        .accept(invitation, identity.email())
        .orElseThrow(LoginRefusal.INVITATION_NOT_GOOD::exception);
  }

  /** Logins of one address come one after the other. */
  private void lock(Identity identity) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('person ' || :email, 0))")
        .param("email", identity.email())
        .query((row, number) -> true)
        .single();
  }

  private Optional<Long> known(Identity identity) {
    Optional<Long> bySubject =
        jdbc.sql("select id from person where issuer = :issuer and subject = :subject")
            .param("issuer", identity.issuer())
            .param("subject", identity.subject())
            .query(Long.class)
            .optional();
    return bySubject.isPresent() ? bySubject : knownByAddress(identity);
  }

  /**
   * The person of this address, which belongs to the identity from now on. One that logs in by
   * password runs the site: the address alone does not give that away, a group that does may.
   */
  private Optional<Long> knownByAddress(Identity identity) {
    Optional<Long> found =
        jdbc.sql("select id from person where email = :email")
            .param("email", identity.email())
            .query(Long.class)
            .optional();
    if (found.isPresent()) {
      int linked =
          jdbc.sql(
                  """
                  update person set issuer = :issuer, subject = :subject
                  where id = :id and subject is null and (password_hash is null or :operator)\
                  """)
              .param("issuer", identity.issuer())
              .param("subject", identity.subject())
              .param("operator", roles.operator(identity.groups()))
              .param("id", found.get())
              .update();
      if (linked == 0) {
        throw LoginRefusal.ADDRESS_TAKEN.exception();
      }
    }
    return found;
  }

  /** An invitation into the domain's organization is what counts there. */
  private long add(Identity identity, Optional<Membership> invited) {
    List<String> groups = List.copyOf(identity.groups());
    Optional<Membership> ofDomain =
        roles
            .ofDomain(identity.email())
            .filter(
                role ->
                    invited.isEmpty() || invited.get().organizationId() != role.organizationId());
    if (invited.isEmpty()
        && ofDomain.isEmpty()
        && !roles.operator(groups)
        && roles.memberships(groups).isEmpty()) {
      throw LoginRefusal.NOT_INVITED.exception();
    }
    long id =
        jdbc.sql(
                """
                insert into person (email, issuer, subject, created_at)
                values (:email, :issuer, :subject, :now) returning id\
                """)
            .param("email", identity.email())
            .param("issuer", identity.issuer())
            .param("subject", identity.subject())
            .param("now", Timestamp.from(clock.instant()))
            .query(Long.class)
            .single();
    ofDomain.ifPresent(membership -> give(id, membership, "given"));
    return id;
  }

  private void renewGroupRoles(long id, Identity identity) {
    List<String> groups = new ArrayList<>(identity.groups());
    jdbc.sql(
            """
            update person set operator = :operator or (operator and not operator_by_group),
              operator_by_group = :operator and (not operator or operator_by_group)
            where id = :id\
            """)
        .param("operator", roles.operator(groups))
        .param("id", id)
        .update();
    jdbc.sql("delete from membership where person_id = :id and source = 'group'")
        .param("id", id)
        .update();
    roles.memberships(groups).forEach(membership -> give(id, membership, "group"));
  }

  /** An organization or project that is in the settings and not in the database gives nothing. */
  private void give(long id, Membership membership, String source) {
    jdbc.sql(
            """
            insert into membership (person_id, organization_id, project_id, role, source,
              created_at)
            select :person, o.id, :project, :role, :source, :now
            from organization o
            where o.id = :organization and (:project::bigint is null or exists (
              select from project p where p.id = :project and p.organization_id = o.id))
            on conflict do nothing\
            """)
        .param("person", id)
        .param("organization", membership.organizationId())
        .param("project", membership.projectId(), Types.BIGINT)
        .param("role", membership.role().wire())
        .param("source", source)
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }
}
