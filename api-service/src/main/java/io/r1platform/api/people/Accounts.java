package io.r1platform.api.people;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Everybody who may log in, on the whole site, and who of them is shut out. Whoever is has no
 * rights from the next request on, on every replica: roles are read with each.
 */
@Component
public class Accounts {
  private final JdbcClient jdbc;
  private final Members members;
  private final Invitations invitations;

  Accounts(JdbcClient jdbc, Members members, Invitations invitations) {
    this.jdbc = jdbc;
    this.members = members;
    this.invitations = invitations;
  }

  /**
   * A person as an operator sees it.
   *
   * @param enabled whether it may log in and do anything
   */
  public record Account(
      long id, String email, boolean operator, boolean enabled, Instant createdAt, long version) {}

  /**
   * A person that was shut out or let in again.
   *
   * @param roles what it is, which stays written down
   * @param revoked open invitations of it and for it, which are void
   */
  public record Changed(Account account, List<Member> roles, List<Invitation> revoked) {}

  /**
   * People by when they came first.
   *
   * @param email of this address only; null for all
   * @param after those that follow this one's id; null for the first page
   */
  public List<Account> page(
      @Nullable String email, @Nullable Long after, boolean newestFirst, int limit) {
    return jdbc.sql(
            "select * from person where (:email::text is null or email = :email) and "
                + (newestFirst
                    ? "id < coalesce(:after, 9223372036854775807) order by id desc"
                    : "id > coalesce(:after, 0) order by id")
                + " limit :limit")
        .param("email", email == null ? null : email.strip().toLowerCase(Locale.ROOT))
        .param("after", after, Types.BIGINT)
        .param("limit", limit)
        .query((row, number) -> account(row))
        .list();
  }

  /**
   * One person.
   *
   * @throws ServiceException not_found
   */
  public Account account(long id) {
    return jdbc.sql("select * from person where id = :id")
        .param("id", id)
        .query((row, number) -> account(row))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("This person"));
  }

  /**
   * Shuts a person out, or lets it in again; its roles stay written down. The invitations that are
   * open for its address, or that it made, are void for good. The last operator stays.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Changed change(long id, long version, boolean enabled) {
    // All operators, so that two who shut each other out do not leave the site without one.
    jdbc.sql("select id from person where operator or id = :id order by id for no key update")
        .param("id", id)
        .query(Long.class)
        .list();
    Account account = account(id);
    if (account.version != version) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The person has changed since you read it. Read it again.");
    }
    if (!enabled && account.operator) {
      requireAnotherOperator(id);
    }
    jdbc.sql("update person set enabled = :enabled, version = version + 1 where id = :id")
        .param("enabled", enabled)
        .param("id", id)
        .update();
    List<Invitation> revoked = enabled ? List.of() : invitations.revokeOpen(id, account.email);
    return new Changed(account(id), members.of(id), revoked);
  }

  private void requireAnotherOperator(long id) {
    long others =
        jdbc.sql("select count(*) from person where operator and enabled and id <> :id")
            .param("id", id)
            .query(Long.class)
            .single();
    if (others == 0) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE, "The last operator stays. Make somebody else one first.");
    }
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        row.getLong("id"),
        row.getString("email"),
        row.getBoolean("operator"),
        row.getBoolean("enabled"),
        row.getTimestamp("created_at").toInstant(),
        row.getLong("version"));
  }
}
