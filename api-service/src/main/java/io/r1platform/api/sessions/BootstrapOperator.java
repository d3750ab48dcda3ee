package io.r1platform.api.sessions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Makes the first operator at start, or gives it the password of the file; a new password ends its
 * sessions. It stays an operator whatever its groups are. Without a password file nothing happens.
 */
@Component
class BootstrapOperator implements ApplicationRunner {
  private static final Logger log = LoggerFactory.getLogger(BootstrapOperator.class);
  private static final int SHORTEST_PASSWORD = 12;

  private final JdbcClient jdbc;
  private final OperatorSettings settings;
  private final PasswordEncoder passwords;
  private final TransactionOperations transactions;
  private final Clock clock;

  BootstrapOperator(
      JdbcClient jdbc,
      OperatorSettings settings,
      PasswordEncoder passwords,
      TransactionOperations transactions,
      Clock clock) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.passwords = passwords;
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    Path file = settings.passwordFile();
    if (file == null) {
      log.info("r1.api.operator.password-file is not set: no bootstrap operator is made");
      return;
    }
    String email = settings.email().strip().toLowerCase(Locale.ROOT);
    String password = read(file);
    Optional<String> current =
        jdbc.sql("select password_hash from person where email = :email")
            .param("email", email)
            .query(String.class)
            .optional();
    if (current.isEmpty() || !passwords.matches(password, current.get())) {
      transactions.executeWithoutResult(status -> write(email, passwords.encode(password)));
    }
  }

  private void write(String email, String passwordHash) {
    jdbc.sql(
            """
            insert into person (email, password_hash, operator, created_at)
            values (:email, :hash, true, :now)
            on conflict (email) do update
              set password_hash = excluded.password_hash, operator = true,
                operator_by_group = false""")
        .param("email", email)
        .param("hash", passwordHash)
        .param("now", Timestamp.from(clock.instant()))
        .update();
    jdbc.sql(
            """
            delete from person_session
            where person_id = (select id from person where email = :email)""")
        .param("email", email)
        .update();
  }

  private static String read(Path file) {
    String password;
    try {
      password = Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "r1.api.operator.password-file " + file + " cannot be read", e);
    }
    if (password.length() < SHORTEST_PASSWORD) {
      throw new IllegalStateException(
          "r1.api.operator.password-file %s: a password has at least %d characters"
              .formatted(file, SHORTEST_PASSWORD));
    }
    return password;
  }
}
