package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.console.FakeReports;
import io.r1platform.testing.Figures;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * Every route of the admin API, called by every role and by management keys, on its own tenant, on
 * a foreign one, on a foreign project of its own, and without saying whose. The routes are those
 * that are mapped; what each role may do is written down here once more, apart from the table that
 * is tested.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthorizationMatrixIT {
  private static final Pattern ID = Pattern.compile("\\{[^}]*}");
  private static final Set<Integer> REFUSED = Set.of(400, 403, 404, 422);

  /** Somebody's role; {@code letter} stands for it in the table. */
  private enum Who {
    OWNER("owner", 'O', false),
    ADMIN("admin", 'A', false),
    DEVELOPER("developer", 'D', false),
    FINANCE("finance", 'F', false),
    VIEWER("viewer", 'V', false),
    PROJECT_ADMIN("admin", 'a', true),
    PROJECT_DEVELOPER("developer", 'd', true),
    PROJECT_VIEWER("viewer", 'v', true),
    NOBODY(null, '-', false),
    KEY(null, 'A', false),
    READING_KEY(null, 'A', false);

    private final @Nullable String role;
    private final char letter;
    private final boolean ofProject;

    Who(@Nullable String role, char letter, boolean ofProject) {
      this.role = role;
      this.letter = letter;
      this.ofProject = ofProject;
    }

    /** A management key does what an admin does, but for what people alone do. */
    boolean may(String route, @Nullable Rule rule) {
      boolean isOfRole = rule != null && rule.letters.indexOf(letter) >= 0;
      return switch (this) {
        case KEY -> isOfRole && !OF_PEOPLE.contains(route);
        case READING_KEY -> isOfRole && !OF_PEOPLE.contains(route) && route.startsWith("GET");
        default -> isOfRole;
      };
    }
  }

  /** What one call is about; {@code secret} is in whatever belongs to it, and nowhere else. */
  record Target(
      String organization,
      String project,
      String key,
      String request,
      String budget,
      String member,
      String invitation) {
    String secret() {
      return "secret-of-project-" + project;
    }

    String invoice() {
      return budget;
    }
  }

  private record Call(String path, String body) {
    static Call get(String path) {
      return new Call(path, "{}");
    }
  }

  /** A route that is a tenant's, and who may call it. */
  private record Rule(String letters, Function<Target, Call> call) {}

  private static final String LIMITS = "GET /limits/key/{id}";
  private static final String CONTENT = "GET /requests/{id}/content";
  private static final Set<String> OF_PEOPLE =
      Set.of("POST /invitations", "PUT /members/{id}", CONTENT);
  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          rule("GET /openapi.json", "OADFVadv", t -> Call.get("")),
          rule("GET /organizations", "OADFVadv", t -> Call.get("")),
          rule("GET /organizations/{id}/credit", "OAF", t -> Call.get(t.organization)),
          rule("GET /projects", "OADFVadv", t -> Call.get("?organization_id=" + t.organization)),
          rule(
              "POST /projects",
              "OA",
              t ->
                  new Call(
                      "",
                      "{\"organization_id\":\"%s\",\"name\":\"%s\"}"
                          .formatted(t.organization, UUID.randomUUID()))),
          rule("PUT /projects/{id}/models", "OAa", t -> Call.get(t.project)),
          rule("PUT /projects/{id}/content", "OAa", t -> Call.get(t.project)),
          rule("GET /keys", "OADad", t -> Call.get("?limit=200&project_id=" + t.project)),
          rule(
              "POST /keys",
              "OADad",
              t -> new Call("", "{\"project_id\":\"%s\",\"name\":\"new\"}".formatted(t.project))),
          rule("PUT /keys/{id}", "OADad", t -> new Call(t.key, "{\"name\":\"renamed\"}")),
          rule("POST /keys/{id}/rotate", "OADad", t -> Call.get(t.key)),
          rule("DELETE /keys/{id}", "OADad", t -> Call.get(t.key)),
          rule(LIMITS, "OADad", t -> Call.get(t.key)),
          rule("GET /members", "OA", t -> Call.get("?organization_id=" + t.organization)),
          rule("PUT /members/{id}", "OA", t -> new Call(t.member, "{\"role\":\"viewer\"}")),
          rule("DELETE /members/{id}", "OA", t -> Call.get(t.member)),
          rule("GET /invitations", "OA", t -> Call.get("?organization_id=" + t.organization)),
          rule(
              "POST /invitations",
              "OA",
              t ->
                  new Call(
                      "",
                      "{\"organization_id\":\"%s\",\"email\":\"a@b\",\"role\":\"viewer\"}"
                          .formatted(t.organization))),
          rule("DELETE /invitations/{id}", "OA", t -> Call.get(t.invitation)),
          rule("GET /overview", "OADFV", AuthorizationMatrixIT::ofOrganization),
          rule("GET /usage", "OADFVadv", AuthorizationMatrixIT::ofProject),
          rule("GET /usage/reference", "OADFV", AuthorizationMatrixIT::ofOrganization),
          rule("GET /requests", "OADFVadv", AuthorizationMatrixIT::ofProject),
          rule("GET /requests/{id}", "OADFVadv", t -> Call.get(t.request)),
          rule("GET /requests/{id}/receipt", "OADFVadv", t -> Call.get(t.request)),
          rule(CONTENT, "OADad", t -> Call.get(t.request + "?project_id=" + t.project)),
          rule("GET /roles", "OADFVadv", t -> Call.get("")),
          rule("GET /roles/mapping", "OA", t -> Call.get("?organization_id=" + t.organization)),
          rule("GET /roles/holders", "OADFV", t -> Call.get("?organization_id=" + t.organization)),
          rule(
              "GET /exports/{dataset}",
              "OAF",
              t -> Call.get("usage?organization_id=" + t.organization)),
          rule("GET /exports/options", "OAF", t -> Call.get("")),
          rule("GET /exports/jobs", "OAF", t -> Call.get("?organization_id=" + t.organization)),
          rule("POST /exports/jobs", "OAF", t -> export(t, "")),
          rule("GET /exports/jobs/{id}", "OAF", t -> Call.get(t.budget)),
          rule("POST /exports/jobs/{id}/cancel", "OAF", t -> export(t, t.budget)),
          rule("POST /exports/jobs/{id}/resume", "OAF", t -> export(t, t.budget)),
          rule("GET /exports/jobs/{id}/files/{name}", "OAF", t -> Call.get(t.budget)),
          rule("GET /invoices", "OAF", t -> Call.get("?organization_id=" + t.organization)),
          rule("GET /invoices/{id}", "OAF", t -> Call.get(t.invoice())),
          rule("GET /invoices/{id}/pdf", "OAF", t -> Call.get(t.invoice())),
          rule("GET /invoices/{id}/deliveries", "OAF", t -> Call.get(t.invoice())),
          rule("GET /invoices/{id}/bundle", "OAF", t -> Call.get(t.invoice())),
          rule("GET /invoices/profiles/{id}", "OAF", t -> Call.get(t.organization)),
          rule("GET /audit", "OAF", t -> Call.get("?organization_id=" + t.organization)),
          rule("GET /audit/check", "OAF", t -> Call.get("?organization_id=" + t.organization)),
          rule("GET /budgets", "OAF", t -> Call.get("?organization=" + t.organization)),
          rule("GET /budgets/alerts", "OAF", t -> Call.get("?organization=" + t.organization)),
          rule("GET /budgets/{id}", "OAF", t -> Call.get(t.budget)),
          rule("POST /budgets", "OAF", t -> order(t, "")),
          rule("POST /budgets/{id}", "OAF", t -> order(t, t.budget)),
          rule("POST /budgets/{id}/increases", "OAF", t -> order(t, t.budget)),
          rule("POST /budgets/{id}/close", "OAF", t -> order(t, t.budget)));

  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private final List<Target> targets = new ArrayList<>();
  private final Map<Who, Browser> browsers = new LinkedHashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private RunningApi api;
  private Browser operator;
  private Target own;
  private Target sibling;
  private Target foreign;
  private int checks;
  private int leaks;

  private static Map.Entry<String, Rule> rule(
      String route, String letters, Function<Target, Call> call) {
    return Map.entry(route, new Rule(letters, call));
  }

  /** An order to billing, which would do it for whoever asks. */
  private static Call order(Target t, String path) {
    return new Call(
        path,
        "{\"command_id\":\"%s\",\"organization\":\"%s\",\"limit\":\"5\"}"
            .formatted(UUID.randomUUID(), t.organization));
  }

  private static Call export(Target t, String path) {
    return new Call(
        path,
        "{\"command_id\":\"%s\",\"organization_id\":\"%s\",\"dataset\":\"usage_records\"}"
            .formatted(UUID.randomUUID(), t.organization));
  }

  private static Call ofOrganization(Target t) {
    return Call.get("?month=2026-11&organization_id=" + t.organization);
  }

  private static Call ofProject(Target t) {
    return Call.get(
        "?group_by=project&organization_id=%s&project_id=%s".formatted(t.organization, t.project));
  }

  @BeforeAll
  void start() {
    api = RunningApi.start(database, MatrixWorld.settings(billing));
    operator = Browser.loggedIn(api);
    String ours = created("/admin/api/organizations", "{\"name\":\"Ours\"}");
    String theirs = created("/admin/api/organizations", "{\"name\":\"Theirs\"}");
    own = target(ours, 1);
    sibling = target(ours, 2);
    foreign = target(theirs, 3);
    targets.addAll(List.of(own, sibling, foreign));
    new MatrixWorld(targets).sayAsBilling(billing);
    targets.forEach(target -> MatrixWorld.store(target, api, operator));
    assertThat(operator.post("/admin/api/audit/check", "{}").statusCode()).isEqualTo(200);
    for (Who who : Who.values()) {
      browsers.put(who, loggedIn(who));
    }
  }

  @AfterAll
  void stop() {
    api.close();
    billing.close();
  }

  @Test
  void noRoleDoesMoreThanItMayNorSeesAnotherTenant() {
    Set<String> routes = routes();
    assertThat(routes).containsAll(RULES.keySet());
    String before = stateOf(foreign);
    for (String route : routes) {
      checkOperator(route);
      browsers.forEach((who, browser) -> check(route, who, browser));
    }
    assertThat(stateOf(foreign)).as("what is another tenant's stays as it was").isEqualTo(before);
    assertThat(billing.posted())
        .as("what tenants ordered of billing")
        .noneMatch(order -> order.contains("\"organization\":\"" + foreign.organization + "\""))
        .noneMatch(order -> order.startsWith("/internal/v1/budgets/" + foreign.budget));
    Figures.write(
        "authorization",
        "routes=%d callers=%d checks=%d leaks=%d"
            .formatted(routes.size(), browsers.size() + 1, checks, leaks));
    assertThat(wrong).isEmpty();
    assertThat(readers()).as("who saw prompts").hasSize(5).noneMatch(Browser.EMAIL::equals);
    assertThat(leaks).isZero();
    MatrixWorld.checkLooks(superuser, operator, own, foreign);
  }

  private List<String> readers() {
    return superuser
        .sql("select actor from api.audit_event where action = 'content.read'")
        .query(String.class)
        .list();
  }

  private void check(String route, Who who, Browser browser) {
    Rule rule = RULES.get(route);
    if (rule == null || !who.may(route, rule)) {
      Call call = rule == null ? any() : rule.call.apply(own);
      int status = send(browser, route, call).statusCode();
      expect(status == 403, "%s calls %s: %d".formatted(who, route, status));
      return;
    }
    boolean isWrite = !route.startsWith("GET");
    HttpResponse<String> allowed = send(browser, route, rule.call.apply(own));
    expect(
        isWrite
            ? !Set.of(401, 403, 404, 500).contains(allowed.statusCode())
            : allowed.statusCode() == 200 && allowed.body().contains(sign(route, own)),
        "%s may not call %s: %d %s".formatted(who, route, allowed.statusCode(), allowed.body()));
    List<Target> others = who.ofProject ? List.of(sibling, foreign) : List.of(foreign);
    for (Target other : others) {
      HttpResponse<String> answer = send(browser, route, rule.call.apply(other));
      boolean mayAnswer = !isWrite && !route.contains("{"); // with what is not the other's
      boolean leaked = !mayAnswer && !REFUSED.contains(answer.statusCode());
      judge(leaked, answer, other, who, route);
      if (mayAnswer) {
        judge(false, send(browser, route, Call.get("")), other, who, route + " of nobody");
      }
    }
  }

  private void judge(
      boolean leaked, HttpResponse<String> answer, Target other, Who who, String route) {
    checks++;
    if (leaked || answer.body().contains(other.secret()) || answer.body().contains("Theirs")) {
      leaks++;
      wrong.add(
          "%s sees %s by %s: %s %s"
              .formatted(who, other.secret(), route, answer.statusCode(), answer.body()));
    }
  }

  /** A route that no table lists is not there for the operator either; prompts are not his. */
  private void checkOperator(String route) {
    Rule rule = RULES.get(route);
    if (rule != null && route.equals(CONTENT)) {
      for (Target target : targets) {
        HttpResponse<String> refused = send(operator, route, rule.call.apply(target));
        expect(refused.statusCode() == 403, "the operator reads prompts: " + refused.body());
      }
      return;
    }
    HttpResponse<String> answer =
        send(operator, route, rule == null ? any() : rule.call.apply(own));
    boolean reached =
        !Set.of(401, 403).contains(answer.statusCode())
            && !answer.body().contains("This path does not exist");
    expect(reached, "the operator does not reach %s: %s".formatted(route, answer.body()));
  }

  private void expect(boolean holds, String otherwise) {
    checks++;
    if (!holds) {
      wrong.add(otherwise);
    }
  }

  /** What shows that an answer is about the target. */
  private static String sign(String route, Target target) {
    return switch (route) {
      case "GET /organizations" -> "Ours";
      case "GET /openapi.json" -> "x-r1-permission";
      case LIMITS -> "\"scope_id\":\"" + target.key + "\"";
      case "GET /roles" -> "\"by_project\":true";
      case "GET /exports/options" -> "\"targets\":[]";
      case "GET /audit/check" -> "\"whole\":true";
      default -> target.secret();
    };
  }

  private static Call any() {
    return Call.get("7");
  }

  private HttpResponse<String> send(Browser browser, String route, Call call) {
    String method = route.substring(0, route.indexOf(' '));
    String pattern =
        "/admin/api" + route.substring(route.indexOf(' ') + 1).replace("{name}", "manifest.json");
    String query = call.path.contains("?") ? call.path.substring(call.path.indexOf('?')) : "";
    String id = call.path.isEmpty() || call.path.startsWith("?") ? "7" : call.path;
    String path =
        ID.matcher(pattern).replaceAll(id.replaceAll("\\?.*", "")) + (query.isEmpty() ? "" : query);
    String[] stale = {"If-Match", "\"999\""};
    return switch (method) {
      case "GET" -> browser.get(path);
      case "POST" -> browser.post(path, call.body, stale);
      case "PUT" -> browser.put(path, call.body, stale);
      case "PATCH" -> browser.patch(path, call.body, stale);
      case "DELETE" -> browser.delete(path, stale);
      default -> throw new IllegalStateException("teach this test " + route);
    };
  }

  /** {@code METHOD /path} of every mapped route below {@code /admin/api} but the session's. */
  private Set<String> routes() {
    return api.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
        .flatMap(
            info ->
                info.getPatternsCondition().getPatterns().stream()
                    .map(pattern -> pattern.getPatternString())
                    .filter(path -> path.startsWith("/admin/"))
                    .flatMap(
                        path ->
                            info.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + named(path))))
        .filter(route -> !route.endsWith(" /session"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String named(String path) {
    String below = path.substring("/admin/api".length());
    return below.replace("{organization}", "{id}").replace("{scope}", "key");
  }

  private Browser loggedIn(Who who) {
    if (who == Who.KEY || who == Who.READING_KEY) {
      String scope = who == Who.KEY ? "write" : "read";
      var made =
          Objects.requireNonNull(browsers.get(Who.OWNER))
              .post(
                  "/admin/api/keys",
                  "{\"project_id\":\"%s\",\"name\":\"manages\",\"scopes\":[\"admin:%s\"]}"
                      .formatted(own.project, scope));
      return Browser.ofKey(api, Browser.json(made).path("secret").asString());
    }
    String email = who.name().toLowerCase(Locale.ROOT) + "@ours.example";
    String project = who.ofProject ? own.project : null;
    MatrixWorld.person(superuser, email, who.role, own.organization, project);
    var browser = new Browser(api);
    assertThat(browser.logIn(email, "a long password").statusCode()).isEqualTo(200);
    return browser;
  }

  private Target target(String organization, int number) {
    String project =
        created(
            "/admin/api/projects",
            "{\"organization_id\":\"%s\",\"name\":\"P%d\"}".formatted(organization, number));
    superuser
        .sql("update api.project set name = 'secret-of-project-' || id where id = ?")
        .param(Long.valueOf(project))
        .update();
    String key =
        Browser.json(
                operator.post(
                    "/admin/api/keys",
                    "{\"project_id\":\"%s\",\"name\":\"secret-of-project-%s\"}"
                        .formatted(project, project)))
            .at("/key/id")
            .asString();
    return new Target(
        organization,
        project,
        key,
        new UUID(7, number).toString(),
        Integer.toString(30 + number),
        Long.toString(member(organization, "secret-of-project-" + project + "@else.example")),
        Browser.json(
                operator.post(
                    "/admin/api/invitations",
                    """
                    {"organization_id":"%s","email":"secret-of-project-%s@x","role":"viewer"}\
                    """
                        .formatted(organization, project)))
            .at("/invitation/id")
            .asString());
  }

  private long member(String organization, String email) {
    return superuser
        .sql(
            """
            with added as (
              insert into api.person (email, created_at) values (?, now()) returning id)
            insert into api.membership (person_id, organization_id, role, created_at)
            select id, ?, 'admin', now() from added returning id\
            """)
        .param(email)
        .param(Long.valueOf(organization))
        .query(Long.class)
        .single();
  }

  private String created(String path, String body) {
    var answer = operator.post(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Browser.json(answer).get("id").asString();
  }

  private String stateOf(Target target) {
    return superuser
        .sql(
            """
            select (select string_agg(p::text, ' ' order by id) from api.project p
              where organization_id = ?) || (select string_agg(k::text, ' ' order by k.id)
              from api.api_key k join api.project p on p.id = project_id
              where organization_id = ?) || (select string_agg(m::text, ' ' order by id)
              from api.membership m where organization_id = ?) || (select
              string_agg(i::text, ' ' order by id) from api.invitation i
              where organization_id = ?)\
            """)
        .param(Long.valueOf(target.organization))
        .param(Long.valueOf(target.organization))
        .param(Long.valueOf(target.organization))
        .param(Long.valueOf(target.organization))
        .query(String.class)
        .single();
  }
}
