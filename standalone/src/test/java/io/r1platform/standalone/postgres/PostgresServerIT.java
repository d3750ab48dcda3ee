package io.r1platform.standalone.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.processes.Child;
import io.r1platform.standalone.processes.ProcessRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded PostgreSQL as the supervisor runs it. */
class PostgresServerIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private final Queue<String> reports = new ConcurrentLinkedQueue<>();
  private final Ports ports = Ports.free();

  @TempDir private Path directory;
  private Home home = new Home(Path.of("unused"));
  private Secrets secrets = new Secrets(home);
  private PostgresServer server = new PostgresServer(home, ports, secrets);

  @BeforeEach
  void initialise() {
    home = new Home(directory);
    secrets = new Secrets(home);
    server = new PostgresServer(home, ports, secrets);
    server.initialise();
  }

  @AfterEach
  void leaveNoProcess() {
    server.stopLeftovers();
  }

  @Test
  void isDurableAndAsksEveryRoleForItsPassword() throws SQLException {
    Child child = start();
    server.database().prepare(secrets);
    server.database().prepare(secrets); // every later start does it again

    assertThat(setting("fsync")).isEqualTo("on");
    assertThat(setting("synchronous_commit")).isEqualTo("on");
    assertThat(setting("server_version_num")).startsWith("18");
    String password = secrets.value(SuperuserDatabase.secretOf("r1_api"));
    DriverManager.getConnection(ports.databaseUrl(), "r1_api", password).close();
    assertThatThrownBy(() -> DriverManager.getConnection(ports.databaseUrl(), "r1_api", "guess"))
        .hasMessageContaining("password authentication failed");

    child.stop();
    assertThat(server.stopLeftovers()).isFalse();
  }

  @Test
  void startsAgainWithItsDataAfterThePostmasterWasKilled() throws SQLException {
    Child child = start();
    try (var connection = server.database().connect("postgres");
        var statement = connection.createStatement()) {
      statement.execute("create table kept as select 42 as answer");
      ProcessRecord killed = ProcessRecord.find(home, "postgres").orElseThrow();
      killed.running().orElseThrow().destroyForcibly();
    }

    assertThat(Await.until(LIMIT, () -> answer().equals(List.of("42")))).isTrue();

    child.stop();
    assertThat(reports).anyMatch(line -> line.contains("exit code 137"));
  }

  @Test
  void isNotBlockedByTheLockFileOfAServerThatIsGone() throws Exception {
    start().stop();
    Path lock = home.postgres().resolve("data").resolve("postmaster.pid");
    Files.writeString(lock, ProcessHandle.current().pid() + "\n/elsewhere\n0\n1\n\n\n");

    start().stop();

    assertThat(lock).doesNotExist();
  }

  @Test
  void endsWhatAKilledSupervisorLeft() throws Exception {
    new ProcessBuilder(server.plan().command())
        .redirectErrorStream(true)
        .redirectOutput(home.log("postgres").toFile())
        .start();
    assertThat(Await.until(LIMIT, () -> server.database().answers())).isTrue();
    Path data = home.postgres().resolve("data");
    assertThat(Leftovers.in(data)).isNotEmpty();

    assertThat(server.stopLeftovers()).isTrue();

    assertThat(Leftovers.in(data)).isEmpty();
  }

  private Child start() {
    Child child = new Child(home, server.plan(), reports::add).start();
    assertThat(child.awaitReady(LIMIT, () -> false)).as(reports.toString()).isTrue();
    return child;
  }

  private List<String> answer() {
    try {
      return List.of(value("select answer from kept"));
    } catch (SQLException e) {
      return List.of();
    }
  }

  private String setting(String name) throws SQLException {
    return value("show " + name);
  }

  private String value(String sql) throws SQLException {
    try (var connection = server.database().connect("postgres");
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
