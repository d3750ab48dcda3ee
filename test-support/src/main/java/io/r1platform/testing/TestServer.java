package io.r1platform.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The PostgreSQL 18 of this test JVM: started by the first test that asks, ended with the JVM. */
public sealed interface TestServer {
  /** Database that is always there. */
  String ADMIN_DATABASE = "postgres";

  /** System property: {@code true} makes the embedded server sync to disk, for measurements. */
  String DURABLE = "r1.test.durable";

  /** JDBC URL of a database, without credentials. */
  String url(String database);

  /** The role that may do anything. */
  String superuserName();

  /** The superuser's password, used for every role in tests. */
  String password();

  /** {@code container} or {@code embedded}. */
  String mode();

  /** The JVM's server. Fails if the mode that R1_TEST_POSTGRES forces cannot be had. */
  static TestServer shared() {
    return Shared.SERVER;
  }

  /** Runs one statement as superuser in {@code database}. */
  default void execute(String database, String sql) {
    try (Connection connection =
            DriverManager.getConnection(url(database), superuserName(), password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** A container of the official image, by Testcontainers. */
  record Container(PostgreSQLContainer postgres) implements TestServer {
    static final String IMAGE = "postgres:18";

    static Container start() {
      var postgres =
          new PostgreSQLContainer(IMAGE)
              .withUsername("postgres")
              .withPassword("test")
              .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200");
      postgres.start();
      return new Container(postgres);
    }

    /** Whether an engine answers and already holds the image; nothing is pulled. */
    static boolean isAvailable() {
      var docker = DockerClientFactory.instance();
      if (!docker.isDockerAvailable()) {
        return false;
      }
      return docker.client().listImagesCmd().exec().stream()
          .map(image -> image.getRepoTags())
          .anyMatch(tags -> tags != null && java.util.Arrays.asList(tags).contains(IMAGE));
    }

    @Override
    public String url(String database) {
      return "jdbc:postgresql://%s:%d/%s"
          .formatted(postgres.getHost(), postgres.getMappedPort(5432), database);
    }

    @Override
    public String superuserName() {
      return "postgres";
    }

    @Override
    public String password() {
      return "test";
    }

    @Override
    public String mode() {
      return "container";
    }
  }

  /** PostgreSQL binaries from the class path, by zonky's library. */
  record Embedded(EmbeddedPostgres postgres) implements TestServer {
    static Embedded start() {
      String durable = Boolean.getBoolean(DURABLE) ? "on" : "off";
      try {
        return new Embedded(
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", durable)
                .setServerConfig("synchronous_commit", durable)
                .setServerConfig("full_page_writes", durable)
                .setServerConfig("max_connections", "200")
                .setPGStartupWait(java.time.Duration.ofSeconds(60))
                .start());
      } catch (IOException e) {
        throw new UncheckedIOException("embedded PostgreSQL did not start", e);
      }
    }

    @Override
    public String url(String database) {
      return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.getPort(), database);
    }

    @Override
    public String superuserName() {
      return "postgres";
    }

    @Override
    public String password() {
      return "test";
    }

    @Override
    public String mode() {
      return "embedded";
    }
  }
}
