package io.r1platform.api.sessions;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.People;
import io.r1platform.api.people.Principal;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Checks a person's password; blocking, and slow on purpose. */
@Component
public class OperatorLogin {
  private final JdbcClient jdbc;
  private final LoginAttempts attempts;
  private final Sessions sessions;
  private final People people;
  private final AuditTrail audit;
  private final OperatorSettings settings;
  private final PasswordEncoder passwords;
  private final TransactionOperations transactions;
  private final String nobodysHash;

  OperatorLogin(
      JdbcClient jdbc,
      LoginAttempts attempts,
      Sessions sessions,
      People people,
      AuditTrail audit,
      OperatorSettings settings,
      PasswordEncoder passwords,
      TransactionOperations transactions) {
    this.jdbc = jdbc;
    this.attempts = attempts;
    this.sessions = sessions;
    this.people = people;
    this.audit = audit;
    this.settings = settings;
    this.passwords = passwords;
    this.transactions = transactions;
    this.nobodysHash = passwords.encode(sessions.newId());
  }

  /**
   * Gives session {@code oldId} to the person under {@code newId}. An unknown address, a disabled
   * person, one without a password and a wrong one are refused alike, in like time.
   *
   * @throws ServiceException {@code invalid_credentials}, {@code too_many_attempts}, or {@code
   *     forbidden} where passwords are switched off
   */
  public Principal logIn(Credentials credentials, Origin origin, String oldId, String newId) {
    if (!takesPasswords()) {
      throw ServiceException.of(
          ErrorCode.FORBIDDEN, "Nobody logs in by password here. Use the identity provider.");
    }
    String email = credentials.email().strip().toLowerCase(Locale.ROOT);
    attempts.begin(Way.PASSWORD, email, origin.address());
    Optional<Account> account = account(email);
    String hash = account.map(Account::passwordHash).orElse(nobodysHash);
    boolean matches = passwords.matches(credentials.password(), hash);
    Principal person = account.flatMap(found -> people.find(found.id())).orElse(null);
    if (!matches || person == null || !person.enabled()) {
      throw refused();
    }
    long id = account.get().id();
    transactions.executeWithoutResult(
        status -> {
          if (!sessions.logIn(oldId, newId, id, Way.PASSWORD)) {
            throw refused();
          }
          attempts.succeeded(Way.PASSWORD, email, origin.address());
          audit.record(
              new Actor(person.name(), origin.address(), origin.requestId()),
              new Change(
                  person.operator() ? "operator.logged_in" : "person.logged_in",
                  "person",
                  Long.toString(id),
                  null,
                  null,
                  null));
        });
    return person;
  }

  /** Whether anybody logs in by password. */
  public boolean takesPasswords() {
    return settings.passwordLogin();
  }

  private Optional<Account> account(String email) {
    return jdbc.sql(
            """
            select id, password_hash from person
            where email = :email and password_hash is not null\
            """)
        .param("email", email)
        .query((row, number) -> new Account(row.getLong("id"), row.getString("password_hash")))
        .optional();
  }

  private static ServiceException refused() {
    return ServiceException.of(
        ErrorCode.INVALID_CREDENTIALS, "The e-mail address or the password is wrong.");
  }

  /** What somebody typed; printing it shows no password. */
  public record Credentials(String email, String password) {
    @Override
    public String toString() {
      return "Credentials[…]";
    }
  }

  /** Where a login comes from. */
  public record Origin(String address, UUID requestId) {}

  private record Account(long id, String passwordHash) {
    @Override
    public String toString() {
      return "Account[" + id + "]";
    }
  }
}
