package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.api.upstreams.Upstreams;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is registered as an upstream and what is refused; breakers, health and TLS on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamRegistrationIT {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String PATH = "/admin/api/upstreams";
  private static final String KEY = "sk-foreign-key-that-nobody-sees";
  private static final String CHAT =
      "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"Which is larger?\"}]}";

  private ForeignServer server;
  private Gateway gateway;
  private Browser operator;

  /** A server that is not fit, and the check that says so. */
  private enum Unfit {
    NO_RUNNING_USAGE(
        "running_usage",
        s -> s.events().reasoning("Hm", "null").finishWithout("stop").usage(12, 2, 0, 1).done()),
    NO_FINAL_USAGE("final_usage", s -> s.events().reasoning("Hm", 1).finish("stop", 2).done()),
    NO_USAGE("running_usage", s -> s.events().reasoning("Hm", "null").finishWithout("stop").done()),
    ZEROS("usage", s -> s.events().reasoning("Hm", 0).finish("stop", 0).usage(12, 0, 0, 0).done()),
    FALLS("usage", s -> s.events().reasoning("Hm", 3).reasoning("m", 1).usage(12, 3, 0, 1).done()),
    NO_DONE("completion", s -> s.events().reasoning("Hm", 2).finish("stop", 2).kill()),
    NO_REASONING(
        "reasoning", s -> s.events().text("OK", 1).finish("stop", 2).usage(12, 2, 0, -1).done()),
    NOTHING("text", s -> s.events().finish("stop", 0).usage(12, 0, 0, 0).done()),
    REFUSES("completion", s -> s.refuses(401, "no")),
    ENDLESS("completion", Unfit::endless);

    private final String check;

    @SuppressWarnings("ImmutableEnumChecker") // a script has no state
    private final ForeignServer.Script script;

    Unfit(String check, ForeignServer.Script script) {
      this.check = check;
      this.script = script;
    }

    /** Sends until the gateway has had enough of it. */
    private static void endless(ForeignServer.Reply reply) throws IOException {
      reply.events();
      String text = "x".repeat(100_000);
      while (true) {
        reply.reasoning(text, 1);
      }
    }
  }

  @BeforeAll
  void start() {
    server = new ForeignServer();
    gateway =
        new Gateway(
            Map.of(
                "r1.api.upstreams.breaker-window", "8",
                "r1.api.upstreams.probe-wait", "5s",
                "r1.api.relay.engine-silence", "2s"));
    operator = Browser.loggedIn(gateway.api);
  }

  @AfterAll
  void stop() {
    gateway.close();
    server.close();
  }

  private static String terms(String name, String url, @Nullable String key) {
    return """
        {"name":"%s","url":"%s","api_key":%s,"models":[{"model":"r1-nano","upstream_name":"%s",
         "priority":1}]}"""
        .formatted(name, url, key == null ? "null" : '"' + key + '"', ForeignServer.MODEL);
  }

  private JsonNode registered(String name) {
    server.answersProbes(ForeignServer::well);
    HttpResponse<String> answer = operator.post(PATH, terms(name, server.url(), KEY));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body());
  }

  private void remove(JsonNode upstream) {
    String path = PATH + "/" + upstream.path("id").asString();
    String version = operator.read(path).path("version").asString();
    assertThat(operator.delete(path, "If-Match", version).statusCode()).isEqualTo(204);
  }

  /** Changes the address in the database. */
  private void move(String url) {
    gateway
        .api
        .bean(JdbcClient.class)
        .sql("update upstream set url = ?, api_key = null, version = version + 1")
        .param(url)
        .update();
    gateway.api.bean(Upstreams.class).changed();
  }

  private long rows() {
    return gateway
        .api
        .bean(JdbcClient.class)
        .sql("select count(*) from upstream")
        .query(Long.class)
        .single();
  }

  @ParameterizedTest
  @EnumSource(Unfit.class)
  void serverThatDoesNotCountIsRefusedByName(Unfit unfit) {
    server.answersProbes(unfit.script);
    long before = rows();
    HttpResponse<String> answer = operator.post(PATH, terms("unfit", server.url(), KEY));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body())
        .contains("not fit")
        .contains(unfit.check + " of " + ForeignServer.MODEL)
        .doesNotContain(KEY);
    assertThat(rows()).isEqualTo(before);

    HttpResponse<String> dry =
        operator.post(PATH + "?dry_run=true", terms("unfit", server.url(), KEY));
    assertThat(dry.statusCode()).as(dry.body()).isEqualTo(422);
    JsonNode probe = JSON.readTree(dry.body()).path("probe");
    assertThat(probe.path("fit").asBoolean()).isFalse();
    assertThat(probe.path("findings").valueStream())
        .anyMatch(
            finding ->
                finding.path("check").asString().equals(unfit.check)
                    && !finding.path("passed").asBoolean());
  }

  @Test
  void addressesThatAreNoServersAreRefused() {
    server.answersProbes(ForeignServer::well);
    String here = "127.0.0.1:" + server.port(); // where a server is that is fit
    for (String url :
        new String[] {
          "file:///etc/passwd",
          "ftp://" + here,
          "http://user:pass@" + here,
          "http://" + here + "?x=1",
          "http://" + here + "#x",
          "http://" + here + "/",
          "http://" + here + "/../x",
          "http://"
        }) {
      HttpResponse<String> answer = operator.post(PATH, terms("bad", url, null));
      assertThat(answer.statusCode()).as(url + " " + answer.body()).isEqualTo(422);
      assertThat(JSON.readTree(answer.body()).path("param").asString("")).as(url).isEqualTo("url");
      assertThat(answer.body()).as(url).doesNotContain("not fit");
    }
    assertThat(operator.post(PATH, "{\"name\":\"x\"}").statusCode()).isIn(400, 422);
  }

  /**
   * Linux connects 0.0.0.0 to this machine, where a server is that is fit: only the rule says no.
   */
  @Test
  void addressesThatNoServerHasAreNotConnectedTo() {
    server.does(ForeignServer::well);
    server.answersProbes(ForeignServer::well);
    for (String host :
        new String[] {"0.0.0.0", "[::ffff:0.0.0.0]", "169.254.169.254", "224.0.0.1"}) {
      String url = "http://" + host + ":" + server.port();
      HttpResponse<String> answer = operator.post(PATH, terms("nowhere", url, null));
      assertThat(answer.statusCode()).as(url + " " + answer.body()).isEqualTo(422);
      assertThat(answer.body()).as(url).contains("its address is no server's");
    }
    assertThat(server.heads()).isEmpty();

    JsonNode made = registered("moved");
    server.does(ForeignServer::well);
    move(server.url().replace("127.0.0.1", "0.0.0.0")); // as a name may be that resolves anew
    gateway.engine.does(chat -> chat.json().write(ownAnswer()));
    assertThat(gateway.chat(CHAT).statusCode()).isEqualTo(200);
    assertThat(server.bodies()).isEmpty();
    assertThat(gateway.engine.chats()).hasSize(1);
    remove(made);
  }

  /** Neither the probe nor a request goes on to where a server sends them: a fit one is there. */
  @Test
  void noRedirectIsFollowed() {
    try (var there = new ForeignServer()) {
      String location = "Location: " + there.url() + "/v1/chat/completions";
      server.answersProbes(s -> s.whole(307, "text/plain", "", location));
      HttpResponse<String> answer = operator.post(PATH, terms("redirects", server.url(), KEY));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
      assertThat(answer.body()).contains("completion of " + ForeignServer.MODEL);

      JsonNode made = registered("redirects");
      server.does(s -> s.whole(307, "text/plain", "", location));
      gateway.engine.does(chat -> chat.json().write(ownAnswer()));
      assertThat(gateway.chat(CHAT).statusCode()).isEqualTo(200);
      assertThat(server.bodies()).hasSize(1);
      assertThat(there.heads()).isEmpty();
      remove(made);
    }
  }

  /** What a change would do, and what it would be refused for; nothing is changed. */
  @Test
  void aDryRunTellsAllThatTheChangeWould() {
    JsonNode made = registered("dry");
    String path = PATH + "/" + made.path("id").asString();
    String dry = path + "?dry_run=true";
    String other = terms("dry", server.url(), null).replace("\"priority\":1", "\"priority\":2");
    long before = rows();
    JsonNode create =
        JSON.readTree(
            operator.post(PATH + "?dry_run=true", terms("new", server.url(), KEY)).body());
    assertThat(create.path("before").isNull()).isTrue();
    assertThat(create.at("/after/name").asString()).isEqualTo("new");
    assertThat(create.at("/after/has_key").asBoolean()).isTrue();
    assertThat(create.at("/probe/fit").asBoolean()).isTrue();
    assertThat(operator.post(PATH + "?dry_run=true", terms("dry", server.url(), KEY)).body())
        .contains("Another upstream has this name");
    JsonNode change = JSON.readTree(operator.put(dry, other, "If-Match", "0").body());
    assertThat(change.at("/before/models/0/priority").asInt()).isEqualTo(1);
    assertThat(change.at("/after/models/0/priority").asInt()).isEqualTo(2);
    assertThat(operator.put(dry, other).statusCode()).isEqualTo(428);
    assertThat(operator.put(dry, other, "If-Match", "7").statusCode()).isEqualTo(412);
    JsonNode removal = JSON.readTree(operator.delete(dry, "If-Match", "0").body());
    assertThat(removal.at("/before/name").asString()).isEqualTo("dry");
    assertThat(removal.path("after").isNull()).isTrue();
    assertThat(operator.delete(dry, "If-Match", "7").statusCode()).isEqualTo(412);
    assertThat(rows()).isEqualTo(before);
    assertThat(operator.read(path).path("version").asString()).isEqualTo("0");
    remove(made);
  }

  /** One for each tenant, which says nothing of the tenant; none to who does not take it. */
  @Test
  void saltOfThePrefixCacheIsTheTenants() {
    JsonNode plain = registered("salted");
    server.does(ForeignServer::well);
    gateway.chat(CHAT);
    assertThat(server.bodies().getFirst()).doesNotContain("cache_salt");
    String path = PATH + "/" + plain.path("id").asString();
    String terms = terms("salted", server.url(), null).replaceFirst("\\{", "{\"cache_salt\":true,");
    HttpResponse<String> changed = operator.put(path, terms, "If-Match", "0");
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    Tenants tenants = gateway.api.bean(Tenants.class);
    long project = tenants.createProject(tenants.createOrganization("Other", 1).id(), "P").id();
    String other = gateway.api.bean(Keys.class).issue(project, "other", null).secret();
    Await.until("its key", () -> gateway.api.get("/v1/models", other).statusCode() == 200);
    server.does(ForeignServer::well);
    gateway.chat(CHAT);
    gateway.chat(CHAT);
    gateway.chatAs(other, CHAT);
    List<String> salts =
        server.bodies().stream()
            .map(body -> JSON.readTree(body).path("cache_salt").asString(""))
            .toList();
    assertThat(salts).hasSize(3).allMatch(salt -> salt.matches("[A-Za-z0-9_-]{43}"));
    assertThat(salts.get(0)).isEqualTo(salts.get(1)).isNotEqualTo(salts.get(2));
    remove(plain);
  }

  @Test
  void keyIsNowhereToBeSeenAndBoundToItsAddress() {
    JsonNode made = registered("keyed");
    String id = made.path("id").asString();
    assertThat(made.path("has_key").asBoolean()).isTrue();
    assertThat(made.toString()).doesNotContain(KEY);
    assertThat(operator.get(PATH).body()).contains("keyed").doesNotContain(KEY);
    assertThat(operator.get("/admin/api/audit").body())
        .contains("upstream.registered")
        .doesNotContain(KEY);
    byte[] stored =
        gateway
            .api
            .bean(JdbcClient.class)
            .sql("select api_key from upstream where upstream_id = ?")
            .param(Long.valueOf(id))
            .query(byte[].class)
            .single();
    assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain(KEY);

    // Whoever changes the address does not get the key sent there.
    try (var elsewhere = new ForeignServer()) {
      String path = PATH + "/" + id;
      HttpResponse<String> moved =
          operator.put(path, terms("keyed", elsewhere.url(), null), "If-Match", "0");
      assertThat(moved.statusCode()).as(moved.body()).isEqualTo(200);
      assertThat(JSON.readTree(moved.body()).path("has_key").asBoolean()).isFalse();
      assertThat(elsewhere.heads()).isNotEmpty().noneMatch(head -> head.contains(KEY));
    }
    remove(made);
  }

  @Test
  void changesNeedTheVersionThatWasSeen() {
    JsonNode made = registered("versioned");
    String path = PATH + "/" + made.path("id").asString();
    String terms = terms("versioned", server.url(), null);
    assertThat(operator.put(path, terms).statusCode()).isEqualTo(428);
    assertThat(operator.put(path, terms, "If-Match", "7").statusCode()).isEqualTo(412);
    HttpResponse<String> changed = operator.put(path, terms, "If-Match", "\"0\"");
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(changed.headers().firstValue("etag")).contains("\"1\"");
    assertThat(JSON.readTree(changed.body()).path("has_key").asBoolean()).isTrue();
    assertThat(operator.post(PATH, terms("versioned", server.url(), null)).statusCode())
        .as("a second one of the name")
        .isEqualTo(422);
    HttpResponse<String> probe = operator.post(path + "/probe", "{}");
    assertThat(JSON.readTree(probe.body()).path("fit").asBoolean()).as(probe.body()).isTrue();
    remove(made);
    assertThat(operator.get(path).statusCode()).isEqualTo(404);
  }

  /** The list is read newest first, a page at a time. */
  @Test
  void listIsReadByPages() {
    JsonNode one = registered("page-1");
    JsonNode two = registered("page-2");
    JsonNode first = operator.read(PATH + "?limit=1");
    assertThat(first.at("/items/0/name").asString()).isEqualTo("page-2");
    assertThat(first.at("/own/0/models/0").asString()).isEqualTo("r1-nano");
    JsonNode next = operator.read(PATH + "?limit=1&after=" + first.path("next").asString());
    assertThat(next.at("/items/0/name").asString()).isEqualTo("page-1");
    remove(one);
    remove(two);
  }

  /** After two of eight the breaker opens: our own server answers, and the foreign one rests. */
  @Test
  void openBreakerKeepsRequestsAway() {
    JsonNode made = registered("breaking");
    server.does(s -> s.refuses(500, "x"));
    gateway.engine.does(chat -> chat.json().write(ownAnswer()));
    for (int n = 0; n < 5; n++) {
      assertThat(gateway.chat(CHAT).statusCode()).isEqualTo(200);
    }
    assertThat(server.bodies()).hasSize(2);
    JsonNode standing = operator.read(PATH + "/" + made.path("id").asString()).path("standing");
    assertThat(standing.path("breaker").asString()).isEqualTo("open");
    assertThat(standing.at("/problems/0/why").asString()).isEqualTo("http_500");
    assertThat(standing.path("outstanding").asInt()).isZero();
    remove(made);
  }

  private static String ownAnswer() {
    return "{\"id\":\"chatcmpl-x\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        + "\"content\":\"9.8\"},\"finish_reason\":\"stop\"}],"
        + Wire.usage(4, 1)
        + ","
        + Wire.r1("stop")
        + "}";
  }

  /** A certificate that nobody trusts, or none at all: nothing was sent, another one answers. */
  @Test
  void serverWithoutTlsIsNotSpokenTo() {
    JsonNode made = registered("plain");
    move(server.url().replace("http:", "https:"));
    server.does(ForeignServer::well);
    gateway.engine.does(chat -> chat.json().write(ownAnswer()));
    HttpResponse<String> answer = gateway.chat(CHAT);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(server.bodies()).isEmpty();
    assertThat(gateway.flags(Gateway.id(answer)) & 1 << 8).as("our own answered").isZero();
    assertThat(
            operator
                .read(PATH + "/" + made.path("id").asString())
                .at("/standing/problems/0/why")
                .asString())
        .isEqualTo("tls");
    remove(made);
  }

  @Test
  void disabledServerIsGivenNothing() {
    JsonNode made = registered("resting");
    String terms = terms("resting", server.url(), null).replaceFirst("\\{", "{\"enabled\":false,");
    String path = PATH + "/" + made.path("id").asString();
    server.answersProbes(s -> s.refuses(500, "ill")); // a sick one is what has to be switched off
    assertThat(operator.put(path, terms, "If-Match", "0").statusCode()).isEqualTo(200);
    server.answersProbes(ForeignServer::well);
    JsonNode resting = operator.read(path);
    assertThat(resting.path("standing").isNull()).isTrue();
    assertThat(resting.path("models")).isEqualTo(made.path("models"));
    server.does(ForeignServer::well);
    gateway.engine.does(chat -> chat.json().write(ownAnswer()));
    assertThat(gateway.chat(CHAT).statusCode()).isEqualTo(200);
    assertThat(server.bodies()).isEmpty();
    remove(made);
  }
}
