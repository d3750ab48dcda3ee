package io.r1platform.api.people;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Who has which role in an organization. Whoever changes roles holds the organization's row, so
 * that two who take each other's ownership do not leave it without an owner.
 */
@Component
public class Members {
  private static final String SELECT =
      """
      select m.*, p.email, p.enabled from membership m join person p on p.id = m.person_id
      """;

  private final JdbcClient jdbc;
  private final Invitations invitations;

  Members(JdbcClient jdbc, Invitations invitations) {
    this.jdbc = jdbc;
    this.invitations = invitations;
  }

  /**
   * Members by when they became it, at most {@code limit}.
   *
   * @param after those that follow this one's id; null for the first page
   */
  public List<Member> page(
      long organizationId, @Nullable Long after, boolean newestFirst, int limit) {
    return jdbc.sql(
            SELECT
                + "where organization_id = :organization and "
                + (newestFirst
                    ? "m.id < coalesce(:after, 9223372036854775807) order by m.id desc"
                    : "m.id > coalesce(:after, 0) order by m.id")
                + " limit :limit")
        .param("organization", organizationId)
        .param("after", after, Types.BIGINT)
        .param("limit", limit)
        .query((row, number) -> member(row))
        .list();
  }

  /** Owners and admins of the whole organization, owners first: whom to ask for a role. */
  public List<Member> whoGivesRoles(long organizationId, int limit) {
    return jdbc.sql(
            SELECT
                + "where organization_id = :organization and project_id is null and p.enabled"
                + " and role in ('owner', 'admin') order by role desc, p.email limit :limit")
        .param("organization", organizationId)
        .param("limit", limit)
        .query((row, number) -> member(row))
        .list();
  }

  /**
   * One member.
   *
   * @throws ServiceException not_found
   */
  public Member member(long id) {
    return jdbc.sql(SELECT + "where m.id = :id")
        .param("id", id)
        .query((row, number) -> member(row))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("This member"));
  }

  /**
   * One member, whose organization's roles nobody else changes until the transaction ends. Whoever
   * decides on its role decides on this one.
   *
   * @throws ServiceException not_found
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Member hold(long id) {
    jdbc.sql("select id from organization where id = :id for update")
        .param("id", member(id).organizationId())
        .query(Long.class)
        .single();
    return member(id);
  }

  /**
   * A member with its new role.
   *
   * @param revoked invitations that went with the old one
   */
  public record Changed(Member member, List<Invitation> revoked) {}

  /**
   * Gives a member another role. A lower one takes the open invitations to the organization that
   * are for the address or that the member made, by which the old one would come back.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Changed change(long id, long version, Role role) {
    Member member = seen(id, version);
    if (member.projectId() != null && !role.isOfProjects()) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "role", "This role is one of the whole organization.");
    }
    if (role != Role.OWNER) {
      requireAnotherOwner(member);
    }
    jdbc.sql("update membership set role = :role, version = version + 1 where id = :id")
        .param("role", role.wire())
        .param("id", id)
        .update();
    boolean lower = role.compareTo(member.role()) > 0; // the highest comes first
    return new Changed(member(id), lower ? invitations.revokeOpen(member) : List.of());
  }

  /**
   * Takes a member's role, and with it the open invitations to the organization that are for the
   * address or that the member made, by which it would come back.
   *
   * @return those invitations, revoked
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Invitation> remove(long id, long version) {
    Member member = seen(id, version);
    requireAnotherOwner(member);
    jdbc.sql("delete from membership where id = :id").param("id", id).update();
    return invitations.revokeOpen(member);
  }

  /** All roles of a person, organization by organization. */
  List<Member> of(long personId) {
    return jdbc.sql(SELECT + "where person_id = :person order by organization_id, m.id")
        .param("person", personId)
        .query((row, number) -> member(row))
        .list();
  }

  private Member seen(long id, long version) {
    Member member = hold(id);
    if (member.version() != version) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The member has changed since you read it. Read it again.");
    }
    if (member.ofGroup()) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE,
          "This role comes of a group of the identity provider. Change it there.");
    }
    return member;
  }

  /** Roles of groups do not count: the identity provider takes them at any login. */
  private void requireAnotherOwner(Member member) {
    if (member.role() != Role.OWNER) {
      return;
    }
    long others =
        jdbc.sql(
                """
                select count(*) from membership m join person p on p.id = m.person_id
                where organization_id = :organization and role = 'owner' and source = 'given'
                  and p.enabled and p.email <> :email\
                """)
            .param("organization", member.organizationId())
            .param("email", member.email())
            .query(Long.class)
            .single();
    if (others == 0) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE, "The last owner stays. Make somebody else an owner first.");
    }
  }

  private static Member member(ResultSet row) throws SQLException {
    return new Member(
        row.getLong("id"),
        row.getLong("organization_id"),
        row.getObject("project_id", Long.class),
        row.getLong("person_id"),
        row.getString("email"),
        row.getBoolean("enabled"),
        Role.of(row.getString("role")).orElseThrow(),
        row.getString("source").equals("group"),
        row.getTimestamp("created_at").toInstant(),
        row.getLong("version"));
  }
}
