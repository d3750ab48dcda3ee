package io.r1platform.standalone.overspend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.admin.Limits;
import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * How soon changes hold at three gateways, each a process of its own, and what they do while
 * PostgreSQL stands still.
 */
class LimitChangesIT {
  /** Else others run beside this one: fewer rounds, and the slowest of each kind is let pass. */
  private static final boolean ALONE = System.getProperty("r1.parallel") == null;

  private static final int ROUNDS = ALONE ? 100 : 30;
  private static final int SUSPENSIONS = 20;
  private static final int GATEWAYS = 3;
  private static final int LOOKS = 1_000;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final Duration PAUSED = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final BigDecimal MUCH = BigDecimal.TEN.pow(16);
  private static final String BODY =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,\
      "max_tokens":4}\
      """;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @Test
  void changesHoldEverywhereWithinASecondAndNothingPassesWithoutPostgres() throws Exception {
    String classPath = Jars.classPath(Jars.unpack("api-service"));
    try (var ground = new Ground(Jars.unpack("billing-service"))) {
      await("billing is ready", ground::isReady);
      try (var fleet = new Fleet(classPath, ground.replicaSettings(), List.of(1, 1, 1))) {
        fleet.start();
        AdminApi admin = ground.admin(port(fleet, 1));
        String key = ground.keyWithBudget(port(fleet, 1), MUCH);
        String keyId = ground.number("select max(id) from api.api_key").toPlainString();
        for (int replica = 1; replica <= GATEWAYS; replica++) {
          int port = port(fleet, replica);
          await("gateway " + replica + " serves", () -> status(port, key) == 200);
        }
        long[] limits = limitChanges(fleet, new Limits(admin, "key", keyId), key);
        long[] revocations = revocations(fleet, new Tenancy(admin), admin);
        long[] suspensions = suspensions(fleet, admin, key);
        long[] budgets = budgetChanges(fleet, ground, admin, key);
        String paused = pause(fleet, ground, key);
        Figures.write(
            "limits",
            "gateways=%d %s %s %s %s %s"
                .formatted(
                    GATEWAYS,
                    line("limit", limits),
                    line("revocation", revocations),
                    line("suspension", suspensions),
                    line("budget", budgets),
                    paused));
        for (long[] took : List.of(limits, revocations, suspensions, budgets)) {
          assertThat(took[took.length - (ALONE ? 1 : 2)]).isLessThan(SECOND_NANOS);
        }
      }
    }
  }

  /** Sorted times from the answer to the change until the last gateway acted by it. */
  private long[] limitChanges(Fleet fleet, Limits limits, String key) throws Exception {
    long[] took = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      boolean narrow = round % 2 == 0;
      limits.change(null, Map.of("requests_per_minute", narrow ? "1" : "1000000"));
      long changed = System.nanoTime();
      took[round] = untilAll(fleet, key, status -> status == (narrow ? 429 : 200)) - changed;
    }
    limits.change(null, null);
    return sorted(took);
  }

  private long[] revocations(Fleet fleet, Tenancy tenancy, AdminApi admin) throws Exception {
    long[] took = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      String key = tenancy.mintKey("round " + round, Optional.empty());
      untilAll(fleet, key, status -> status == 200);
      var made = tenancy.keys().getFirst();
      admin.call(
          "DELETE",
          "/admin/api/keys/" + made.path("id").asString(),
          null,
          made.path("version").asString());
      long changed = System.nanoTime();
      took[round] = untilAll(fleet, key, status -> status == 401) - changed;
    }
    return sorted(took);
  }

  /** The key's organization, suspended and let go on in turn. */
  private long[] suspensions(Fleet fleet, AdminApi admin, String key) throws Exception {
    JsonNode organization = admin.get("/admin/api/organizations").at("/items/0");
    String path = "/admin/api/organizations/" + organization.path("id").asString();
    long[] took = new long[SUSPENSIONS];
    for (int round = 0; round < SUSPENSIONS; round++) {
      boolean stops = round % 2 == 0;
      organization =
          admin.call(
              "POST",
              path + (stops ? "/suspend" : "/resume"),
              stops ? Map.of("reason", "round " + round) : null,
              organization.path("version").asString());
      long changed = System.nanoTime();
      took[round] = untilAll(fleet, key, status -> status == (stops ? 403 : 200)) - changed;
    }
    return sorted(took);
  }

  /** A budget with nothing left, and one with much, in turn. */
  private long[] budgetChanges(Fleet fleet, Ground ground, AdminApi admin, String key)
      throws Exception {
    long[] took = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      boolean spent = round % 2 == 0;
      ground.changeBudget(admin, spent ? BigDecimal.ZERO : MUCH);
      long changed = System.nanoTime();
      took[round] = untilAll(fleet, key, status -> status == (spent ? 402 : 200)) - changed;
    }
    return sorted(took);
  }

  /** When the last gateway first answered so. */
  private long untilAll(Fleet fleet, String key, IntPredicate wanted) throws Exception {
    List<Future<Long>> all = new ArrayList<>();
    for (int replica = 1; replica <= GATEWAYS; replica++) {
      int port = port(fleet, replica);
      all.add(threads.submit(until(port, key, wanted)));
    }
    long last = Long.MIN_VALUE;
    for (Future<Long> one : all) {
      last = Math.max(last, one.get());
    }
    return last;
  }

  private Callable<Long> until(int port, String key, IntPredicate wanted) {
    return () -> {
      await("the change at " + port, () -> wanted.test(status(port, key)));
      return System.nanoTime();
    };
  }

  /** Stops every process of PostgreSQL for five seconds. */
  private String pause(Fleet fleet, Ground ground, String key) throws Exception {
    List<Long> processes = postgres(ground);
    signal("-STOP", processes);
    long begun = System.nanoTime();
    int served = 0;
    int refused = 0;
    try {
      while (System.nanoTime() - begun < PAUSED.toNanos()) {
        List<Future<Integer>> answers = new ArrayList<>();
        for (int replica = 1; replica <= GATEWAYS; replica++) {
          int port = port(fleet, replica);
          answers.add(threads.submit(() -> status(port, key)));
        }
        for (Future<Integer> answer : answers) {
          boolean passed = answer.get() == 200;
          served += passed && System.nanoTime() - begun < PAUSED.toNanos() ? 1 : 0;
          refused += passed ? 0 : 1;
        }
      }
    } finally {
      signal("-CONT", processes);
    }
    long resumed = System.nanoTime();
    long recovered = untilAll(fleet, key, status -> status == 200) - resumed;
    assertThat(served).as("served while PostgreSQL stood still").isZero();
    assertThat(refused).as("refused meanwhile").isPositive();
    return "paused_s=%d served_while_paused=%d refused=%d recovered_ms=%d"
        .formatted(PAUSED.toSeconds(), served, refused, recovered / 1_000_000);
  }

  /** Its backends end with their query, often before they are looked up. */
  private static List<Long> postgres(Ground ground) {
    ProcessHandle server =
        Stream.generate(() -> ground.number("select pg_backend_pid()").longValueExact())
            .limit(LOOKS)
            .flatMap(backend -> ProcessHandle.of(backend).stream())
            .flatMap(backend -> backend.parent().stream())
            .findFirst()
            .orElseThrow();
    return Stream.concat(Stream.of(server), server.descendants()).map(ProcessHandle::pid).toList();
  }

  private static void signal(String signal, List<Long> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    processes.forEach(pid -> command.add(Long.toString(pid)));
    // One that ended meanwhile is no matter.
    new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  private int status(int port, String key) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static int port(Fleet fleet, int replica) {
    return Objects.requireNonNull(fleet.port(replica));
  }

  private static long[] sorted(long[] values) {
    java.util.Arrays.sort(values);
    return values;
  }

  private static String line(String name, long[] sorted) {
    return String.format(
        Locale.ROOT,
        "%1$s_changes=%2$d %1$s_p50_ms=%3$.0f %1$s_p99_ms=%4$.0f %1$s_max_ms=%5$.0f",
        name,
        sorted.length,
        sorted[sorted.length / 2] / 1e6,
        sorted[sorted.length * 99 / 100 - 1] / 1e6,
        sorted[sorted.length - 1] / 1e6);
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still waiting for " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
