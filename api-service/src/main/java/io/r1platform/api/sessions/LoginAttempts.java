package io.r1platform.api.sessions;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Counts attempts against guessing, over all replicas. An attempt is written before the password is
 * looked at, one at a time for an e-mail or client address, so that attempts in parallel count too.
 * Each way of logging in counts for itself.
 */
@Component
class LoginAttempts {
  private final JdbcClient jdbc;
  private final OperatorSettings settings;
  private final Clock clock;

  LoginAttempts(JdbcClient jdbc, OperatorSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.clock = clock;
  }

  /** Notes an attempt, or refuses it. A refused one does not count: the window must end. */
  @Transactional
  public void begin(Way way, String email, String address) {
    byte[] who = who(way, email);
    String from = from(way, address);
    lock("login e-mail " + HexFormat.of().formatHex(who));
    lock("login address " + from);
    Counts counts = counts(who, from);
    if (counts.both() >= settings.attempts()
        || counts.address() >= settings.attemptsPerAddress()
        || counts.email() >= settings.attemptsPerEmail()) {
      throw ServiceException.later(
          ErrorCode.TOO_MANY_ATTEMPTS,
          settings.attemptWindow(),
          "Too many failed logins. Wait %d minutes, then try again."
              .formatted(settings.attemptWindow().toMinutes()));
    }
    jdbc.sql(
            """
            insert into login_attempt (email_sha256, address, attempted_at)
            values (:email, :address, :now)""")
        .param("email", who)
        .param("address", from)
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }

  /** Forgets the attempts that led to a login. */
  void succeeded(Way way, String email, String address) {
    jdbc.sql("delete from login_attempt where email_sha256 = :email and address = :address")
        .param("email", who(way, email))
        .param("address", from(way, address))
        .update();
  }

  /** What nobody can type as an e-mail address stands before those of the other way. */
  private static byte[] who(Way way, String email) {
    return Hashes.sha256(way == Way.PASSWORD ? email : way.wire() + '\0' + email);
  }

  private static String from(Way way, String address) {
    return way == Way.PASSWORD ? address : way.wire() + ' ' + address;
  }

  void sweep() {
    jdbc.sql("delete from login_attempt where attempted_at <= :since")
        .param("since", Timestamp.from(since()))
        .update();
  }

  private Counts counts(byte[] email, String address) {
    return jdbc.sql(
            """
            select count(*) filter (where email_sha256 = :email and address = :address) as both,
              count(*) filter (where address = :address) as address,
              count(*) filter (where email_sha256 = :email) as email
            from login_attempt
            where attempted_at > :since and (email_sha256 = :email or address = :address)""")
        .param("email", email)
        .param("address", address)
        .param("since", Timestamp.from(since()))
        .query(
            (row, number) ->
                new Counts(row.getLong("both"), row.getLong("address"), row.getLong("email")))
        .single();
  }

  private void lock(String what) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:what, 0))")
        .param("what", what)
        .query((row, number) -> true)
        .single();
  }

  private Instant since() {
    return clock.instant().minus(settings.attemptWindow());
  }

  private record Counts(long both, long address, long email) {}
}
