package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.FakeLeases;
import io.r1platform.api.holds.Holds;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.Standing;
import io.r1platform.api.upstreams.Upstream;
import io.r1platform.api.upstreams.Upstreams;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two inference-services of our own behind one gateway, and servers of others before them: which of
 * them a request is given to, one after the other, and what a client's leaving says about them. All
 * are stand-ins.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FallbackIT {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String PATH = "/admin/api/upstreams";
  private static final Duration PATIENCE = Duration.ofMillis(500); // a quarter of two seconds
  private static final int AT_ONCE = 8;

  private final List<ForeignServer> foreign = new ArrayList<>();
  private final List<JsonNode> registered = new ArrayList<>();
  private final FakeEngine one = new FakeEngine();
  private final FakeEngine two = new FakeEngine();
  private Gateway gateway;
  private Browser operator;

  @BeforeAll
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.upstreams.inference-url", one.url() + "," + two.url(),
                "r1.api.upstreams.breaker-window", "100",
                "r1.api.upstreams.tries", "4",
                "r1.api.relay.engine-silence", "5s",
                "r1.api.holds.sync-every", "100ms",
                "r1.api.relay.count-wait", "700ms"));
    operator = Browser.loggedIn(gateway.api);
    Await.until(
        "both engines",
        () ->
            gateway.api.bean(Catalogue.class).upstreams().stream()
                .allMatch(server -> server.models().containsKey("r1-nano")));
  }

  @AfterAll
  void stop() {
    gateway.close();
    one.close();
    two.close();
  }

  @AfterEach
  void remove() {
    for (JsonNode upstream : registered) {
      String path = PATH + "/" + upstream.path("id").asString();
      operator.delete(path, "If-Match", operator.read(path).path("version").asString());
    }
    registered.clear();
    foreign.forEach(ForeignServer::close);
    foreign.clear();
  }

  private ForeignServer foreign(int priority, ForeignServer.Script script) {
    var server = new ForeignServer();
    foreign.add(server);
    HttpResponse<String> answer =
        operator.post(
            PATH,
            """
            {"name":"foreign-%d","url":"%s","start_within_seconds":2,"models":[
             {"model":"r1-nano","upstream_name":"%s","priority":%d}]}"""
                .formatted(priority, server.url(), ForeignServer.MODEL, priority));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    registered.add(JSON.readTree(answer.body()));
    server.does(script);
    return server;
  }

  private static String chat(String prompt) {
    return """
    {"model":"r1-nano","stream":true,"messages":[{"role":"user","content":"%s"}]}"""
        .formatted(prompt);
  }

  private static void well(FakeEngine.Chat chat) throws IOException {
    chat.stream()
        .write(token(1, "content", "hi") + finish(1, "stop") + usageChunk(0, 1, "stop") + DONE);
  }

  private int askedOurs() {
    return one.chats().size() + two.chats().size();
  }

  private void bothDo(FakeEngine.Script script) {
    one.does(script);
    two.does(script);
  }

  private JsonNode standing(int index) {
    return operator.read(PATH + "/" + registered.get(index).path("id").asString()).path("standing");
  }

  @Test
  @Order(1)
  void chainGoesOnUntilOneAnswers() {
    ForeignServer first = foreign(1, ForeignServer.Reply::kill);
    ForeignServer second = foreign(2, s -> s.refuses(500, "x"));
    var failing = new CountDownLatch(1);
    bothDo(
        chat -> {
          if (failing.getCount() > 0) {
            failing.countDown();
            chat.error(503, "engine_unavailable", "no");
          } else {
            well(chat);
          }
        });
    HttpResponse<String> answer = gateway.chat(chat("chain"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("hi").endsWith(DONE);
    assertThat(first.bodies()).hasSize(1);
    assertThat(second.bodies()).hasSize(1);
    assertThat(one.chats()).hasSize(1);
    assertThat(two.chats()).hasSize(1);
    assertThat(one.chats().getFirst().header("x-r1-attempt"))
        .isNotEqualTo(two.chats().getFirst().header("x-r1-attempt"));
    assertThat(gateway.rows(Gateway.id(answer), "F")).isEqualTo(1);
    assertThat(gateway.finalOf(Gateway.id(answer)).tokens().output()).isEqualTo(1);
  }

  @Test
  @Order(2)
  void noMoreAreAskedThanMayBe() {
    List<ForeignServer> three =
        List.of(
            foreign(1, ForeignServer.Reply::kill),
            foreign(2, ForeignServer.Reply::kill),
            foreign(3, ForeignServer.Reply::kill));
    bothDo(chat -> chat.error(503, "engine_unavailable", "no"));
    HttpResponse<String> answer = gateway.chat(chat("bounded"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(three).allMatch(server -> server.bodies().size() == 1);
    assertThat(askedOurs()).as("of five servers, four").isEqualTo(1);
  }

  @Test
  @Order(3)
  void nextServerGetsWhatIsLeftOfTheTime() {
    var failing = new CountDownLatch(1);
    bothDo(
        chat -> {
          if (failing.getCount() > 0) {
            failing.countDown();
            gateway.api.clock().advance(Duration.ofSeconds(2));
            chat.error(503, "engine_unavailable", "no");
          } else {
            well(chat);
          }
        });
    HttpResponse<String> answer = within("5");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(List.of(timeout(one), timeout(two))).containsExactlyInAnyOrder("5.000", "3.000");
  }

  @Test
  @Order(4)
  void nobodyIsAskedWhenTheTimeIsOver() {
    bothDo(
        chat -> {
          gateway.api.clock().advance(Duration.ofSeconds(6));
          chat.error(503, "engine_unavailable", "no");
        });
    HttpResponse<String> answer = within("5");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(504);
    assertThat(answer.body()).contains("deadline_exceeded", "x-r1-timeout", "\"charged\":\"0\"");
    assertThat(askedOurs()).isEqualTo(1);
  }

  /** An engine that was admitted to says a usage of zeros with its failure: nothing was begun. */
  @Test
  @Order(4)
  void orderlyFailureWithoutATokenGoesOn() {
    for (FakeEngine.Script failure :
        List.<FakeEngine.Script>of(
            chat -> chat.errorUncounted(503, "server_draining"),
            chat -> chat.errorUncounted(502, "engine_failed"),
            chat ->
                chat.streamEarly()
                    .write(Wire.KEEP_ALIVE)
                    .write("data: " + FakeEngine.uncounted("engine_failed") + "\n\n" + DONE))) {
      var failing = new CountDownLatch(1);
      bothDo(
          chat -> {
            if (failing.getCount() > 0) {
              failing.countDown();
              failure.reply(chat);
            } else {
              well(chat);
            }
          });
      HttpResponse<String> answer = gateway.chat(chat("orderly"));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).contains("hi").endsWith(DONE).doesNotContain("error");
      assertThat(List.of(one.chats().size(), two.chats().size())).containsExactly(1, 1);
      String id = Gateway.id(answer);
      assertThat(gateway.finalOf(id).tokens()).isEqualTo(new Tokens(2, 10, 0, 1));
      assertThat(gateway.rows(id, "A")).isEqualTo(1);
      assertThat(gateway.rows(id, "F")).isEqualTo(1);
      Await.until("no hold", () -> gateway.api.bean(Holds.class).openHolds() == 0);
    }
  }

  /** What nobody has answered may be answered by a server that counts a longer prompt. */
  @Test
  @Order(4)
  void wholePromptIsHeldUntilAServerAnswers() throws Exception {
    foreign(20, FallbackIT::longPrompt);
    String body =
        """
        {"model":"r1-nano","stream":true,"max_tokens":1,
         "messages":[{"role":"user","content":"%s"}]}"""
            .formatted("x".repeat(1_000));
    var dying = new CountDownLatch(1);
    bothDo(
        chat -> {
          chat.stream().write(Wire.KEEP_ALIVE);
          dying.await(5, TimeUnit.SECONDS);
        });
    FakeLeases leases = gateway.billing.leases();
    leases.recallAll();
    Await.until("all returned", () -> leases.leased("CREDIT").signum() == 0);
    leases.limit("CREDIT", body.length() * 550_000L * 3 / 2, null);
    heartbeats(leases);
    try {
      HttpResponse<InputStream> held = gateway.open(body);
      assertThat(gateway.chat(body).statusCode()).as("while all is held").isEqualTo(402);
      dying.countDown();
      assertThat(Gateway.readUntil(held.body(), DONE)).contains("9.8");
      assertThat(gateway.finalOf(Gateway.id(held)).tokens()).isEqualTo(new Tokens(0, 900, 0, 1));
    } finally {
      leases.unlimit("CREDIT");
      heartbeats(leases);
    }
  }

  private static void longPrompt(ForeignServer.Reply reply) throws IOException {
    reply.prompt(900).events().role().text("9.8", 1).finish("stop", 1);
    reply.usage(900, 1, 0, 0).done();
  }

  private static void heartbeats(FakeLeases leases) {
    int before = leases.syncs();
    Await.until("two heartbeats", () -> leases.syncs() >= before + 2);
  }

  /** A client's time may be an hour: what has ended is not kept for it. */
  @Test
  @Order(4)
  void nothingWaitsForTheTimeOfARequestThatHasEnded() {
    foreign(1, ForeignServer.Reply::kill);
    foreign(2, ForeignServer::well);
    assertThat(within("600").body()).contains("9.8");
    Await.until("it is forgotten", () -> !classHistogram().contains(Run.class.getName() + " "));
  }

  /** What is reachable. */
  private static String classHistogram() {
    try {
      Object text =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      return text.toString();
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String timeout(FakeEngine engine) {
    return engine.chats().getFirst().header("x-r1-timeout");
  }

  private HttpResponse<String> within(String seconds) {
    return gateway.api.send(
        HttpRequest.newBuilder(gateway.api.uri("/v1/chat/completions"))
            .header("Authorization", "Bearer " + gateway.key)
            .header("Content-Type", "application/json")
            .header("x-r1-timeout", seconds)
            .POST(HttpRequest.BodyPublishers.ofString(chat("timed"))));
  }

  /** Sends one, and leaves when {@code when} holds; returns when the gateway has seen that. */
  private void leaves(ForeignServer server, Duration after) {
    int before = server.bodies().size();
    CompletableFuture<HttpResponse<String>> sent = gateway.chatAsync(chat("slow"));
    Await.until("it has come", () -> server.bodies().size() > before);
    long came = System.nanoTime();
    Await.until("its patience", () -> System.nanoTime() - came >= after.toNanos());
    sent.cancel(true);
    Await.until("it has left", () -> standing(0).path("outstanding").asInt() == 0);
  }

  @Test
  @Order(5)
  void leavingAtOnceSaysNothingAboutAServer() {
    ForeignServer server = foreign(1, ForeignServer.Reply::hang);
    for (int n = 0; n < 5; n++) {
      leaves(server, Duration.ZERO);
    }
    assertThat(standing(0).path("problems")).isEmpty();
  }

  @Test
  @Order(6)
  void serverThatHangsIsFoundByWhoWaitedAndLeft() {
    ForeignServer server = foreign(1, ForeignServer.Reply::hang);
    Duration longer = PATIENCE.plusMillis(50);
    leaves(server, longer);
    leaves(server, longer);
    assertThat(standing(0).path("problems").findValuesAsString("why"))
        .containsExactly("left_waiting", "left_waiting");
  }

  @Test
  @Order(7)
  void serverThatAnswersOthersDoesNotHang() {
    ForeignServer server = foreign(1, FallbackIT::slowOnly);
    for (int n = 0; n < 3; n++) {
      int before = server.bodies().size();
      CompletableFuture<HttpResponse<String>> sent = gateway.chatAsync(chat("slow"));
      Await.until("it has come", () -> server.bodies().size() > before);
      long came = System.nanoTime();
      assertThat(gateway.chat(chat("quick")).body()).contains("9.8");
      Await.until("its patience", () -> System.nanoTime() - came > PATIENCE.toNanos());
      sent.cancel(true);
      Await.until("it has left", () -> standing(0).path("outstanding").asInt() == 0);
    }
    assertThat(standing(0).path("problems")).isEmpty();
  }

  private static void slowOnly(ForeignServer.Reply reply) throws IOException, InterruptedException {
    if (reply.asks("slow")) {
      reply.hang();
    } else {
      ForeignServer.well(reply);
    }
  }

  /** Ours is told to stop and says its count; one that does not is at fault. */
  @Test
  @Order(8)
  void ownServerThatSaysNoCountIsAtFault() {
    bothDo(
        chat -> {
          chat.awaitCancel();
          chat.stream().write(usageChunk(0, 0, "cancelled") + DONE);
        });
    leavesOurs();
    assertThat(problemsOfOurs()).doesNotContain("no_count");
    var over = new CountDownLatch(1);
    bothDo(chat -> over.await(30, TimeUnit.SECONDS));
    leavesOurs();
    over.countDown();
    assertThat(problemsOfOurs()).contains("no_count");
  }

  private void leavesOurs() {
    CompletableFuture<HttpResponse<String>> sent = gateway.chatAsync(chat("own"));
    Await.until("it has come", () -> askedOurs() > 0);
    sent.cancel(true);
    Await.until(
        "it is over",
        () -> ours().stream().allMatch(server -> server.standing().outstanding() == 0));
  }

  private List<Upstream> ours() {
    return gateway.api.bean(Upstreams.class).own();
  }

  private List<String> problemsOfOurs() {
    return ours().stream()
        .flatMap(server -> server.standing().problems().stream())
        .map(Standing.Problem::why)
        .toList();
  }

  /** What runs at once is shared out; conversations may have a quarter more at their home. */
  @Test
  @Order(9)
  void ownServersShareWhatRunsAndOneIsEnough() {
    var all = new CountDownLatch(AT_ONCE);
    bothDo(
        chat -> {
          all.countDown();
          all.await(30, TimeUnit.SECONDS);
          well(chat);
        });
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
    for (int n = 0; n < AT_ONCE; n++) {
      sent.add(gateway.chatAsync(chat("balanced " + n)));
    }
    sent.forEach(answer -> assertThat(answer.join().body()).endsWith(DONE));
    assertThat(askedOurs()).isEqualTo(AT_ONCE);
    assertThat(one.chats().size()).isBetween(3, 5);

    two.close(); // killed: whoever is given to it is given to the other one
    one.does(FallbackIT::well);
    for (int n = 0; n < AT_ONCE; n++) {
      HttpResponse<String> answer = gateway.chat(chat("alone " + n));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
    assertThat(one.chats()).hasSize(AT_ONCE);
    assertThat(problemsOfOurs()).contains("unreachable");
  }
}
