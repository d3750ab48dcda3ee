package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.OpenApi;
import io.r1platform.api.keys.IssuedKey;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.relay.FuzzConnection.Answer;
import io.r1platform.api.relay.FuzzRequest.Kind;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every operation of {@code /openapi.json} under random requests of one tenant, beside another
 * tenant's secrets. {@code r1.fuzz.seed} and {@code r1.fuzz.requests} choose them; {@code
 * r1.fuzz.only} runs a single one again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzIT {
  private static final int WORKERS = 8;
  private static final int MOST_SHOWN = 10;

  /** A thousandth: only a loaded machine has any. */
  private static final int BUSY = 20;

  private static final int ASKED_BEFORE = 8;
  private static final Pattern SECRET = Pattern.compile("secret-[\\w-]+");
  private static final Pattern ID_NAME = Pattern.compile("id|.*_id");

  private final long seed = Long.getLong("r1.fuzz.seed", 1);
  private final long requests = Long.getLong("r1.fuzz.requests", 20_000);
  private final long only = Long.getLong("r1.fuzz.only", -1);

  private final FuzzEngine engine = new FuzzEngine();
  private final Map<Integer, LongAdder> statuses = new ConcurrentSkipListMap<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final LongAdder unexpected = new LongAdder();
  private final LongAdder hangs = new LongAdder();
  private final Queue<String> stalls = new ConcurrentLinkedQueue<>();
  private final LongAdder busy = new LongAdder();
  private final LongAdder shown = new LongAdder();
  private final AtomicLong slowestMillis = new AtomicLong();
  private Gateway gateway;
  private OpenApi description;

  @BeforeAll
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.relay.body-wait", "1s",
                "r1.api.relay.body-limit", "64KB",
                "r1.api.relay.admit-wait", "15s",
                "r1.api.relay.final-wait", "15s"));
    gateway.engine.does(
        chat -> {
          gateway.engine.chats().clear(); // twenty thousand bodies are not wanted again
          engine.reply(chat);
        });
    description =
        new OpenApi(
            gateway.api.send(HttpRequest.newBuilder(gateway.api.uri("/openapi.json"))).body());
  }

  @AfterAll
  void stop() {
    engine.release();
    gateway.close();
  }

  @Test
  void keepsWhatTheDescriptionPromisesWhateverIsSent() throws Exception {
    long begun = System.nanoTime();
    String foreignKey = foreignKey();
    Asked own = ask("own", gateway.key);
    Asked foreign = ask("foreign", foreignKey);
    Set<String> secrets = new HashSet<>(foreign.secrets);
    secrets.removeAll(own.secrets);
    List<String> foreignIds = new ArrayList<>(foreign.ids);
    foreignIds.removeAll(own.ids);
    assertThat(foreignIds).as("what the other tenant has").isNotEmpty();
    foreignIds.stream().filter(id -> id.length() >= 20).forEach(secrets::add);
    assertThat(secrets).anyMatch(secret -> secret.startsWith("secret-"));

    String running = hold("foreign", foreignKey);
    foreignIds.add(running);
    own.ids.add(hold("own", gateway.key));
    var random =
        new FuzzRequests(
            seed,
            description,
            new FuzzTenant("own", gateway.key, List.copyOf(own.ids), own.keyed),
            new FuzzTenant("foreign", foreignKey, foreignIds, foreign.keyed));
    run(random, new FuzzVerdict(description, secrets));

    assertThat(gateway.engine.wasCancelled(running)).as("the other's request").isFalse();
    report(System.nanoTime() - begun);
    assertThat(faults).isEmpty();
    assertThat(stalls).as("kept connections that stood still").isEmpty();
    assertThat(busy.sum()).as("refused as busy").isLessThanOrEqualTo(BUSY);
    assertThat(statuses.keySet()).contains(200, 400, 401, 404, 405, 422);
  }

  /** What a tenant learns by using everything as described. */
  private record Asked(Set<String> ids, Set<String> secrets, List<FuzzRequest> keyed) {}

  private Asked ask(String name, String key) throws IOException {
    var asked = new Asked(new LinkedHashSet<>(), new HashSet<>(), new ArrayList<>());
    var random = new SplittableRandom(seed);
    try (var connection = new FuzzConnection(gateway.api.uri("/"))) {
      for (int round = 0; round < ASKED_BEFORE; round++) {
        var tenant = new FuzzTenant(name, key, List.copyOf(asked.ids), List.of());
        var good = new FuzzRequests(seed, description, tenant, tenant);
        for (FuzzOperation operation : FuzzOperation.all(description)) {
          FuzzRequest request = good.good(-1, operation, Kind.GOOD, tenant, random);
          Answer answer = connection.send(request);
          if (answer.status() < 300) {
            learn(answer, asked);
            if (request.headers.stream().anyMatch(h -> h.startsWith("Idempotency-Key"))) {
              asked.keyed.add(request);
            }
          }
        }
      }
    }
    return asked;
  }

  private static void learn(Answer answer, Asked asked) {
    asked.ids.add(answer.header("x-request-id"));
    Matcher secret = SECRET.matcher(answer.text());
    while (secret.find()) {
      asked.secrets.add(secret.group());
    }
    if (answer.header("content-type").startsWith("application/json")) {
      collect(JsonMapper.shared().readTree(answer.body()), asked.ids);
    }
  }

  private static void collect(JsonNode node, Set<String> ids) {
    node.forEachEntry(
        (name, value) -> {
          if (value.isString() && ID_NAME.matcher(name).matches()) {
            ids.add(value.asString());
          }
        });
    node.forEach(child -> collect(child, ids));
  }

  private String foreignKey() {
    Tenants tenants = gateway.api.bean(Tenants.class);
    long organization = tenants.createOrganization("Other", 1).id();
    IssuedKey key =
        gateway
            .api
            .bean(Keys.class)
            .issue(tenants.createProject(organization, "Theirs").id(), "theirs", null);
    return key.secret();
  }

  /** Begins a stream that runs until it is cancelled or all is over; returns its id. */
  private String hold(String name, String key) {
    HttpResponse<InputStream> running =
        gateway.open(
            """
            {"model":"r1-nano","stream":true,"user":"%s",
             "messages":[{"role":"user","content":"%s"}]}
            """
                .formatted(name, FuzzEngine.HELD),
            key);
    return Gateway.id(running);
  }

  private void run(FuzzRequests random, FuzzVerdict verdict) throws Exception {
    var next = new AtomicLong(only < 0 ? 0 : only);
    long end = only < 0 ? requests : only + 1;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(
            threads.submit(
                () -> {
                  try (var connection = new FuzzConnection(gateway.api.uri("/"))) {
                    LongStream.generate(next::getAndIncrement)
                        .takeWhile(index -> index < end)
                        .forEach(index -> one(random.at(index), connection, verdict));
                    stalls.addAll(connection.stalls());
                  }
                  return null;
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
  }

  private void one(FuzzRequest request, FuzzConnection connection, FuzzVerdict verdict) {
    long begun = System.nanoTime();
    try {
      Answer answer = connection.send(request);
      statuses.computeIfAbsent(answer.status(), status -> new LongAdder()).increment();
      if (verdict.showsForeign(request, answer)) {
        shown.increment();
        fault("shows what is another tenant's", request, answer);
      }
      if (verdict.isBusy(answer)) {
        busy.increment();
      }
      String wrong = verdict.of(request, answer);
      if (!wrong.isEmpty()) {
        unexpected.increment();
        fault(wrong, request, answer);
      }
    } catch (SocketTimeoutException e) {
      hangs.increment();
      fault("hangs", request, null);
    } catch (IOException e) {
      unexpected.increment();
      fault(e.toString(), request, null);
    }
    long millis = (System.nanoTime() - begun) / 1_000_000;
    if (request.kind != Kind.SLOW_BODY) {
      slowestMillis.accumulateAndGet(millis, Math::max);
    }
  }

  private void fault(String what, FuzzRequest request, @Nullable Answer answer) {
    if (faults.size() < MOST_SHOWN) {
      faults.add(
          "%s%nagain: -Dit.test=FuzzIT -Dr1.fuzz.seed=%d -Dr1.fuzz.only=%d%nrequest %s%nanswer %s%n"
              .formatted(
                  what,
                  seed,
                  request.index,
                  request,
                  answer == null
                      ? "none"
                      : answer.status() + " " + answer.headers() + "\n" + answer.text()));
    }
  }

  private void report(long nanos) throws IOException {
    var counted = new StringBuilder();
    statuses.forEach(
        (status, n) ->
            counted.append(counted.isEmpty() ? "" : ",").append(status).append('=').append(n));
    String line =
        ("fuzz requests=%d seed=%d operations=%d statuses={%s} unexpected=%d hangs=%d stalls=%d"
                + " busy=%d foreign=%d slowest_ms=%d seconds=%d")
            .formatted(
                statuses.values().stream().mapToLong(LongAdder::sum).sum(),
                seed,
                FuzzOperation.all(description).size(),
                counted,
                unexpected.sum(),
                hangs.sum(),
                stalls.size(),
                busy.sum(),
                shown.sum(),
                slowestMillis.get(),
                nanos / 1_000_000_000);
    Path file = Path.of("target", "figures", "fuzz.txt");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file, String.join("\n", faults) + (faults.isEmpty() ? "" : "\n") + line + "\n");
  }
}
