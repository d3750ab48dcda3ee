package io.r1platform.standalone.postgres;

import io.r1platform.standalone.home.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The platform's database, as the one who may do anything in it.
 *
 * @param port of the server on 127.0.0.1
 * @param password the superuser's
 */
public record SuperuserDatabase(int port, String password) {
  private static final Pattern SEPARATOR = Pattern.compile("(?m)^--;;$");

  /** Every role of {@code roles.sql}. */
  private static final List<String> ROLES =
      List.of(
          "r1_api",
          "r1_api_owner",
          "r1_inference",
          "r1_inference_owner",
          "r1_billing",
          "r1_billing_owner");

  /** Whether the server takes connections. */
  public boolean answers() {
    try (Connection connection = connect("postgres")) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Makes database, roles and schemas if they are missing, and sets each role's password. */
  public void prepare(Secrets secrets) {
    try {
      createDatabase();
      try (Connection connection = connect("r1");
          Statement statement = connection.createStatement()) {
        for (String sql : SEPARATOR.splitAsStream(rolesSql()).toList()) {
          statement.execute(sql);
        }
        for (String role : ROLES) {
          statement.execute(
              "alter role %s password '%s'".formatted(role, secrets.value(secretOf(role))));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("cannot prepare the database: " + e.getMessage(), e);
    }
  }

  /** Under which name the password of a role is kept. */
  public static String secretOf(String role) {
    return "postgres-" + role.replace('_', '-');
  }

  /** A connection to {@code database}; the caller closes it. */
  public Connection connect(String database) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("socketTimeout", "30");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
  }

  private void createDatabase() throws SQLException {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement();
        var found = statement.executeQuery("select from pg_database where datname = 'r1'")) {
      if (!found.next()) {
        statement.execute("create database r1");
      }
    }
  }

  private static String rolesSql() {
    try (InputStream in = SuperuserDatabase.class.getResourceAsStream("roles.sql")) {
      return new String(
          Objects.requireNonNull(in, "roles.sql").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
