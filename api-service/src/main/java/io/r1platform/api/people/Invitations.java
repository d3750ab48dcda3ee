package io.r1platform.api.people;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Invitations. A token has 256 random bits and is shown once; it is good for one login, for seven
 * days, and only for whoever has the e-mail address that was invited.
 */
@Component
public class Invitations {
  private static final Duration LIFE = Duration.ofDays(7);
  private static final String COLUMNS =
      "*, (select p.email from person p where p.id = invited_by) as inviter";
  private static final Pattern ADDRESS =
      Pattern.compile("[^@\\s\\p{Cc}\\p{Cs}]+@[^@\\s\\p{Cc}\\p{Cs}]+");

  private final JdbcClient jdbc;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Invitations(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** An invitation with its token, which is nowhere else. */
  public record Issued(Invitation invitation, String token) {
    @Override
    public String toString() {
      return "Issued[" + invitation + "]";
    }
  }

  /**
   * Invites somebody.
   *
   * @param inviter the person who invites: the invitation is good as long as it could still give
   *     that role; null for a machine
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Issued invite(String email, Membership membership, @Nullable Long inviter) {
    String address = email.strip().toLowerCase(Locale.ROOT);
    if (!ADDRESS.matcher(address).matches() || address.length() > 254) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "email", "The field email is an e-mail address.");
    }
    if (membership.projectId() != null && !membership.role().isOfProjects()) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "role", "This role is one of the whole organization.");
    }
    var bytes = new byte[32];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = clock.instant();
    long id =
        jdbc.sql(
                """
                insert into invitation (organization_id, project_id, role, email, token_sha256,
                  created_at, expires_at, invited_by)
                values (:organization, :project, :role, :email, :token, :now, :end, :inviter)
                returning id\
                """)
            .param("organization", membership.organizationId())
            .param("project", membership.projectId(), Types.BIGINT)
            .param("role", membership.role().wire())
            .param("email", address)
            .param("token", sha256(token))
            .param("now", Timestamp.from(now))
            .param("end", Timestamp.from(now.plus(LIFE)))
            .param("inviter", inviter, Types.BIGINT)
            .query(Long.class)
            .single();
    return new Issued(invitation(id), token);
  }

  /**
   * Invitations of an organization by when they were made.
   *
   * @param after those that follow this one's id; null for the first page
   */
  public List<Invitation> page(
      long organizationId, @Nullable Long after, boolean newestFirst, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from invitation where organization_id = :organization and "
                + (newestFirst
                    ? "id < coalesce(:after, 9223372036854775807) order by id desc"
                    : "id > coalesce(:after, 0) order by id")
                + " limit :limit")
        .param("organization", organizationId)
        .param("after", after, Types.BIGINT)
        .param("limit", limit)
        .query((row, number) -> invitation(row))
        .list();
  }

  /**
   * One invitation.
   *
   * @throws ServiceException not_found
   */
  public Invitation invitation(long id) {
    return jdbc.sql("select " + COLUMNS + " from invitation where id = :id")
        .param("id", id)
        .query((row, number) -> invitation(row))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("This invitation"));
  }

  /**
   * One invitation, by which nobody comes until the transaction ends.
   *
   * @throws ServiceException not_found
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Invitation hold(long id) {
    return jdbc.sql("select " + COLUMNS + " from invitation where id = :id for update")
        .param("id", id)
        .query((row, number) -> invitation(row))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("This invitation"));
  }

  /**
   * Takes a held invitation back; one that was accepted or taken back stays as it is.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Invitation revoke(Invitation held, long version) {
    if (held.version() != version) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The invitation has changed since you read it. Read it again.");
    }
    long id = held.id();
    jdbc.sql(
            """
            update invitation set revoked_at = :now
            where id = :id and accepted_at is null and revoked_at is null\
            """)
        .param("now", Timestamp.from(clock.instant()))
        .param("id", id)
        .update();
    return invitation(id);
  }

  /** Takes back what is open in the member's organization for its address, or by it. */
  List<Invitation> revokeOpen(Member member) {
    return revokeOpen(member.organizationId(), member.personId(), member.email());
  }

  /** Takes back what is open anywhere for this address, or by this person. */
  List<Invitation> revokeOpen(long personId, String email) {
    return revokeOpen(null, personId, email);
  }

  private List<Invitation> revokeOpen(@Nullable Long organizationId, long personId, String email) {
    return jdbc.sql(
            """
            update invitation set revoked_at = :now
            where (:organization::bigint is null or organization_id = :organization)
              and (email = :email or invited_by = :person)
              and accepted_at is null and revoked_at is null
            returning \
            """
                + COLUMNS)
        .param("now", Timestamp.from(clock.instant()))
        .param("organization", organizationId, Types.BIGINT)
        .param("email", email)
        .param("person", personId)
        .query((row, number) -> invitation(row))
        .list();
  }

  /** What is kept of a token: its SHA-256 in base64url. */
  public static String hash(String token) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(token));
  }

  /**
   * Uses an invitation up; nothing where it is not good, for another address, or by somebody who
   * could not give that role any more, however that came about. Holds the organization first, as
   * {@link Members} does, which takes invitations back.
   */
  Optional<Membership> accept(String tokenHash, String email) {
    byte[] token = Base64.getUrlDecoder().decode(tokenHash);
    jdbc.sql(
            """
            select o.id from organization o join invitation i on i.organization_id = o.id
            where i.token_sha256 = :token for key share of o\
            """)
        .param("token", token)
        .query(Long.class)
        .optional();
    return jdbc.sql(
            """
            update invitation set accepted_at = :now
            where token_sha256 = :token and email = :email and accepted_at is null
              and revoked_at is null and expires_at > :now
              and (invited_by is null or exists (
                select from person p where p.id = invited_by and p.enabled
                  and (p.operator or exists (
                    select from membership m
                    where m.person_id = p.id and m.project_id is null
                      and m.organization_id = invitation.organization_id
                      and (m.role = 'owner' or m.role = 'admin' and invitation.role <> 'owner')))))
            returning \
            """
                + COLUMNS)
        .param("now", Timestamp.from(clock.instant()))
        .param("token", token)
        .param("email", email)
        .query((row, number) -> invitation(row).membership())
        .optional();
  }

  private static Invitation invitation(ResultSet row) throws SQLException {
    return new Invitation(
        row.getLong("id"),
        new Membership(
            row.getLong("organization_id"),
            row.getObject("project_id", Long.class),
            Role.of(row.getString("role")).orElseThrow()),
        row.getString("email"),
        row.getString("inviter"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("expires_at").toInstant(),
        instant(row.getTimestamp("accepted_at")),
        instant(row.getTimestamp("revoked_at")));
  }

  private static @Nullable Instant instant(@Nullable Timestamp at) {
    return at == null ? null : at.toInstant();
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
