package io.r1platform.standalone.postgres;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.processes.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The embedded PostgreSQL 18 of one installation: durable (fsync and synchronous commit on), on
 * 127.0.0.1 only, SCRAM passwords for every role. PostgreSQL refuses to run as root, so for root
 * its programs run in a user namespace of their own ({@code unshare -U}), where they are nobody.
 */
public final class PostgresServer {
  private static final String VERSION = "18.6.0";
  private static final String SUPERUSER_SECRET = "postgres-superuser";

  /** How long it may take to end before it is killed. */
  public static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private final Home home;
  private final Ports ports;
  private final Secrets secrets;
  private final Path data;

  /** The server of {@code home}; nothing is touched yet. */
  public PostgresServer(Home home, Ports ports, Secrets secrets) {
    this.home = home;
    this.ports = ports;
    this.secrets = secrets;
    this.data = home.postgres().resolve("data");
  }

  /** Unpacks the programs and makes the data directory, whichever is missing. */
  public void initialise() {
    Programs programs = programs();
    if (Files.exists(data)) {
      return;
    }
    Path fresh = home.postgres().resolve("data.new");
    try {
      Programs.deleteTree(fresh);
      run(
          asNobody(
              programs.program("initdb").toString(),
              "--pgdata=" + fresh,
              "--username=postgres",
              "--pwfile=" + secrets.file(SUPERUSER_SECRET),
              "--auth=scram-sha-256",
              "--encoding=UTF8",
              "--locale-provider=builtin",
              "--builtin-locale=C.UTF-8",
              "--locale=C"));
      Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + data, e);
    }
  }

  /** How to run it. */
  public Plan plan() {
    List<String> command =
        asNobody(
            programs().program("postgres").toString(),
            "-D",
            data.toString(),
            "-p",
            Integer.toString(ports.of(Ports.Name.POSTGRES)),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=150",
            "-c",
            "fsync=on",
            "-c",
            "synchronous_commit=on",
            "-c",
            "log_timezone=UTC",
            "-c",
            "timezone=UTC");
    return new Plan(
        "postgres",
        command,
        Map::of,
        home.log("postgres"),
        data.toString(),
        () -> database().answers(),
        () -> Leftovers.clear(data),
        process -> stopFast(),
        STOP_PATIENCE);
  }

  /** Ends whatever an earlier supervisor left running; false if there was nothing. */
  public boolean stopLeftovers() {
    if (Leftovers.in(data).isEmpty()) {
      return false;
    }
    stopFast();
    Await.until(STOP_PATIENCE, () -> Leftovers.in(data).isEmpty());
    Leftovers.clear(data);
    return true;
  }

  /** The database as the superuser sees it. */
  public SuperuserDatabase database() {
    return new SuperuserDatabase(ports.of(Ports.Name.POSTGRES), secrets.value(SUPERUSER_SECRET));
  }

  private void stopFast() {
    try {
      new ProcessBuilder(
              asNobody(
                  programs().program("pg_ctl").toString(),
                  "stop",
                  "--mode=fast",
                  "--no-wait",
                  "--pgdata=" + data))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(home.log("postgres").toFile()))
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run pg_ctl", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Programs programs() {
    return Programs.unpack(home.postgres().resolve("programs-" + VERSION));
  }

  private void run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.log("postgres").toFile()))
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(
            command.getFirst() + " failed; see " + home.log("postgres"));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command.getFirst(), e);
    }
  }

  private static List<String> asNobody(String... command) {
    var all = new ArrayList<String>();
    if (isRoot()) {
      all.addAll(List.of("unshare", "-U"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
