package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.standalone.commands.CommandTable;
import io.r1platform.standalone.commands.Invocation;
import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.processes.ProcessRecord;
import io.r1platform.standalone.supervisor.Operator;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.standalone.supervisor.Probe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real platform, as {@code ./r1 up} starts it: supervisor, PostgreSQL and the three jars, on
 * free ports and with a home of its own. The jars must have been built; nothing is built here.
 */
final class Platform implements AutoCloseable {
  /** The model that is served. */
  static final String MODEL = "r1-nano";

  /** How long a condition may take to come true on the slowest machine. */
  static final Duration LIMIT = Duration.ofMinutes(4);

  private final Invocation invocation;
  private final Ports ports;
  private final AtomicReference<AdminApi> admin = new AtomicReference<>();

  private Platform(Invocation invocation, Ports ports) {
    this.invocation = invocation;
    this.ports = ports;
  }

  /** What a command of {@code ./r1} returned and printed. */
  record Printed(int exit, String text) {}

  /** The checkout under test. */
  static Path root() {
    return Path.of(System.getProperty("r1.root", "..")).toAbsolutePath().normalize();
  }

  /** Starts everything anew, after ending whatever a killed test run has left. */
  static Platform start() {
    return start("platform", platform -> {});
  }

  /**
   * Starts everything anew in a home of that name.
   *
   * @param before what is done when the home is empty, for instance {@link #configure}
   */
  static Platform start(String name, Consumer<Platform> before) {
    var home = new Home(Path.of("target", name + System.getProperty("r1.fork", "")));
    var ports = Ports.free();
    var environment = new HashMap<String, String>();
    ports.byName().forEach((port, number) -> environment.put(port.variable(), number.toString()));
    environment.put("R1_NO_BUILD", "1");
    var invocation = new Invocation(root(), home, environment, Clock.systemUTC());
    var platform = new Platform(invocation, ports);
    platform.r1("down");
    deleteTree(home.path());
    before.accept(platform);
    platform.up();
    return platform;
  }

  /** Gives a service settings over the usual ones, from its next start on. */
  void configure(Part part, Map<String, String> settings) {
    try {
      Path file = invocation.home().settings(part.service());
      Files.createDirectories(file.getParent());
      Files.writeString(file, JsonMapper.shared().writeValueAsString(settings));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where something of it listens. */
  String url(Ports.Name name) {
    return ports.url(name);
  }

  /** The database, as the one who may read everything. */
  JdbcClient database() {
    var source =
        new SingleConnectionDataSource(
            ports.databaseUrl(),
            "postgres",
            new Secrets(invocation.home()).value("postgres-superuser"),
            true);
    return JdbcClient.create(source);
  }

  /** Runs {@code up}; returns when everything serves. */
  void up() {
    Printed up = r1("up", "--detach", "--no-build");
    assertThat(up.exit()).as(up.text()).isZero();
  }

  /** Runs one command as {@code ./r1} does. */
  Printed r1(String... arguments) {
    var text = new StringWriter();
    var writer = new PrintWriter(text, true);
    int exit = CommandTable.of(invocation).setOut(writer).setErr(writer).execute(arguments);
    return new Printed(exit, text.toString());
  }

  /** The public base URL, without a path. */
  String url() {
    return ports.url(Ports.Name.API);
  }

  /** The file of a secret. */
  Path secret(String name) {
    return new Secrets(invocation.home()).file(name);
  }

  /** The password of {@link Operator#EMAIL}. */
  String operatorPassword() {
    return new Secrets(invocation.home()).value(Operator.PASSWORD_SECRET);
  }

  /** The admin API; its session outlives every restart. */
  AdminApi admin() {
    AdminApi known = admin.get();
    if (known == null) {
      known = AdminApi.login(url(), Operator.EMAIL, operatorPassword());
      admin.set(known);
    }
    return known;
  }

  /** A client with a fresh tenant key. */
  Chat chat() {
    return new Chat(url(), mintKey());
  }

  /** A tenant key that lives for three hours. */
  String mintKey() {
    return new Tenancy(admin()).mintKey("system test", Optional.of(Duration.ofHours(3)));
  }

  /** One request as the console shows it, once it is in the ledger. */
  JsonNode inLedger(UUID id) {
    var seen = new AtomicReference<JsonNode>();
    awaitThat(
        id + " is in the ledger",
        () -> {
          seen.set(admin().get("/admin/api/requests/" + id));
          return seen.get().path("status").asString("").equals("in_ledger");
        });
    return seen.get();
  }

  /** Waits until everything has arrived and agrees, and proves it with the command too. */
  Reconciliation reconciled() {
    admin.set(AdminApi.login(url(), Operator.EMAIL, operatorPassword())); // one idle for long died
    var last = new AtomicReference<>(lookAtColumns());
    Await.until(
        LIMIT,
        () -> {
          if (!last.get().isClean()) {
            last.set(lookAtColumns());
          }
          return last.get().isClean();
        });
    assertThat(last.get().pending()).isEmpty();
    assertThat(last.get().differences()).isEmpty();
    Printed command = r1("reconcile");
    assertThat(command.exit()).as(command.text()).isZero();
    assertThat(command.text()).contains(" difference=0 ");
    return last.get();
  }

  private Reconciliation lookAtColumns() {
    return Reconciliation.of(admin().get("/admin/api/reconciliation"));
  }

  /** Sends SIGKILL to a part, as soon as it runs, and returns its process id. */
  long kill(String part) {
    awaitThat(part + " runs", () -> process(part).isPresent());
    ProcessHandle process = process(part).orElseThrow();
    assertThat(process.destroyForcibly()).isTrue();
    awaitThat(part + " is dead", () -> !process.isAlive());
    return process.pid();
  }

  /** The process of a part that runs. */
  long processId(String part) {
    return process(part).orElseThrow().pid();
  }

  /** Sends SIGKILL to all processes that a part has started, and returns its own process id. */
  long killChildrenOf(String part) {
    ProcessHandle process = process(part).orElseThrow();
    assertThat(process.children().map(ProcessHandle::destroyForcibly)).isNotEmpty();
    return process.pid();
  }

  /** Waits until a killed part has a new process and every service is ready. */
  void awaitRestart(String part, long killed) {
    var probe = new Probe(ports);
    awaitThat(
        part + " is started again", () -> process(part).filter(p -> p.pid() != killed).isPresent());
    awaitThat("every service is ready", () -> Stream.of(Part.values()).allMatch(probe::isReady));
  }

  private Optional<ProcessHandle> process(String part) {
    return ProcessRecord.find(invocation.home(), part).flatMap(ProcessRecord::running);
  }

  /** Waits for a condition; fails, saying which, when it does not come true. */
  static void awaitThat(String what, BooleanSupplier condition) {
    assertThat(Await.until(LIMIT, condition)).as(what).isTrue();
  }

  /** Waits until a program has ended; kills it, and says so, when it takes too long. */
  static boolean ends(Process process) {
    if (Await.until(LIMIT, () -> !process.isAlive())) {
      return true;
    }
    process.destroyForcibly();
    return false;
  }

  @Override
  public void close() {
    Printed down = r1("down");
    assertThat(down.exit()).as(down.text()).isZero();
  }

  private static void deleteTree(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
