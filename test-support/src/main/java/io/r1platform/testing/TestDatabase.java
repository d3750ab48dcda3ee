package io.r1platform.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One fresh database on the test JVM's PostgreSQL, with the platform's roles and schemas in it. The
 * server is a container where a Docker engine answers and the image is at hand, else an embedded
 * one; {@code R1_TEST_POSTGRES=container|embedded} forces a mode and fails where it cannot be had.
 *
 * @param server where the database lives
 * @param name its name, unique within the server
 */
public record TestDatabase(TestServer server, String name) {
  private static final Pattern SEPARATOR = Pattern.compile("(?m)^--;;$");
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Makes a database that nobody has used; it goes with the server when the JVM ends. */
  public static TestDatabase create() {
    var server = TestServer.shared();
    var database = new TestDatabase(server, "test_" + NUMBER.incrementAndGet());
    server.execute(TestServer.ADMIN_DATABASE, "create database " + database.name);
    for (String statement : SEPARATOR.splitAsStream(rolesSql()).toList()) {
      server.execute(database.name, statement);
    }
    for (String service : new String[] {"api", "inference", "billing"}) {
      for (String role : new String[] {"r1_" + service, "r1_" + service + "_owner"}) {
        server.execute(
            database.name, "alter role %s password '%s'".formatted(role, database.password()));
      }
    }
    return database;
  }

  /** JDBC URL without credentials. */
  public String url() {
    return server.url(name);
  }

  /** The password of every role in tests. */
  public String password() {
    return server.password();
  }

  /** Unpooled connections under {@code role}, for instance {@code r1_billing}. */
  public DataSource dataSource(String role) {
    var source = new PGSimpleDataSource();
    source.setURL(url());
    source.setUser(role);
    source.setPassword(password());
    return source;
  }

  /** Unpooled connections that may do anything. */
  public DataSource superuser() {
    return dataSource(server.superuserName());
  }

  /** What a service's configuration needs to use this database. */
  public Map<String, String> springProperties(String service) {
    return Map.of(
        "spring.datasource.url", url(),
        "spring.datasource.username", "r1_" + service,
        "spring.datasource.password", password(),
        "spring.flyway.user", "r1_" + service + "_owner",
        "spring.flyway.password", password());
  }

  /** Runs one statement as superuser. */
  public void execute(String sql) {
    try (Connection connection = superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static String rolesSql() {
    try (InputStream in = TestDatabase.class.getResourceAsStream("roles.sql")) {
      return new String(
          Objects.requireNonNull(in, "roles.sql").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
