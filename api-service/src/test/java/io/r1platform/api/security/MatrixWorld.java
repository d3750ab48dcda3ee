package io.r1platform.api.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.console.FakeReports;
import io.r1platform.api.contents.Contents;
import io.r1platform.api.contents.Recording;
import io.r1platform.api.security.AuthorizationMatrixIT.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What lies around the tenants of {@link AuthorizationMatrixIT}, each thing with its secret. */
final class MatrixWorld {
  private final List<Target> targets;

  MatrixWorld(List<Target> targets) {
    this.targets = targets;
  }

  /** Each organization has a group that only its people may learn of. */
  static Map<String, String> settings(FakeReports billing) {
    Map<String, String> settings = new HashMap<>();
    settings.put("r1.api.billing.url", billing.url());
    for (int i = 0; i < 2; i++) {
      String at = "r1.api.people.groups[" + i + "].";
      settings.put(at + "group", "secret-of-project-" + (i == 0 ? 1 : 3));
      settings.put(at + "role", "viewer");
      settings.put(at + "organization", Integer.toString(i + 1));
    }
    return settings;
  }

  /** Somebody with a role in an organization or one of its projects, or with none. */
  static void person(
      JdbcClient superuser,
      String email,
      @Nullable String role,
      String organization,
      @Nullable String project) {
    superuser
        .sql(
            """
            with p as (
              insert into api.person (email, password_hash, created_at)
              values (:email, '{noop}a long password', now()) returning id)
            insert into api.membership (person_id, organization_id, project_id, role, created_at)
            select id, :organization::bigint, :project::bigint, :role, now() from p
            where :role::text is not null\
            """)
        .param("email", email)
        .param("organization", organization)
        .param("project", project)
        .param("role", role)
        .update();
  }

  /** Has the target's project keep its request, with the secret in the prompt. */
  static void store(Target target, RunningApi api, Browser operator) {
    String path = "/admin/api/projects/" + target.project() + "/content";
    var opted = operator.put(path, "{\"days\":1}", "If-Match", "\"0\"");
    assertThat(opted.statusCode()).as(opted.body()).isEqualTo(200);
    Contents contents = api.bean(Contents.class);
    var asked =
        new Recording.Asked(
            Long.parseLong(target.project()),
            UUID.fromString(target.request()),
            "/v1/chat/completions",
            false,
            RunningApi.START);
    contents.record(asked, ByteBuffer.wrap(target.secret().getBytes(UTF_8))).end(200);
    Await.until("the prompt is stored", () -> contents.waiting() == 0);
  }

  /** Once an hour, whatever routes of an area; by an object's id too, whose it is. */
  static void checkLooks(JdbcClient superuser, Browser operator, Target own, Target foreign) {
    String[] all = {
      "audit_read",
      "budgets_read",
      "credit_read",
      "exports_read",
      "invoices_read",
      "keys_read",
      "members_read",
      "overview_read",
      "usage_read"
    };
    assertThat(looks(superuser, own)).containsExactly(all);
    assertThat(looks(superuser, foreign)).isEmpty();
    operator.read("/admin/api/invoices/" + foreign.invoice());
    operator.read("/admin/api/budgets/" + foreign.budget());
    operator.read("/admin/api/requests/" + foreign.request());
    operator.read("/admin/api/exports/jobs/" + foreign.budget());
    assertThat(looks(superuser, foreign))
        .containsExactly("budgets_read", "exports_read", "invoices_read", "usage_read");
  }

  private static List<String> looks(JdbcClient superuser, Target target) {
    return superuser
        .sql(
            """
            select object_id from api.audit_event
            where action = 'operator.looked' and organization_id = ? order by object_id\
            """)
        .param(Long.valueOf(target.organization()))
        .query(String.class)
        .list();
  }

  /** Billing, which tells whatever it is asked for, of all tenants where none is named. */
  void sayAsBilling(FakeReports billing) {
    for (String report :
        List.of(
            "/internal/v1/reports/overview",
            "/internal/v1/reports/usage",
            "/internal/v1/reports/reference",
            "/internal/v1/requests",
            "/internal/v1/exports/usage",
            "/internal/v1/export-jobs",
            "/internal/v1/invoices",
            "/internal/v1/budgets",
            "/internal/v1/budget-alerts")) {
      billing.answer(report, this::answer);
    }
    billing.say(
        "/internal/v1/export-jobs/options",
        200,
        "{\"datasets\":[],\"formats\":[],\"targets\":[\"of-Theirs\"]}");
    for (Target target : targets) {
      String json =
          "{\"id\":\"%s\",\"organization\":\"%s\",\"organization_id\":\"%s\",\"project_id\":\"%s\""
                  .formatted(
                      target.request(),
                      target.organization(),
                      target.organization(),
                      target.project())
              + ",\"said\":\"%s\"}".formatted(target.secret());
      billing.say("/internal/v1/requests/" + target.request(), 200, json);
      for (String command : List.of("", "/increases", "/close")) {
        billing.say("/internal/v1/budgets/" + target.budget() + command, 200, json);
      }
      for (String part : List.of("", "/cancel", "/resume", "/files/manifest.json")) {
        billing.say("/internal/v1/export-jobs/" + target.budget() + part, 200, json);
      }
      billing.say("/internal/v1/invoices/" + target.invoice(), 200, json);
      billing.say("/internal/v1/invoices/" + target.invoice() + "/pdf", 200, json);
      billing.say("/internal/v1/invoices/" + target.invoice() + "/deliveries", 200, json);
      billing.say(
          "/internal/v1/organizations/%s/projects/%s/receipts/%s"
              .formatted(target.organization(), target.project(), target.request()),
          200,
          json);
      billing.say("/internal/v1/invoices/" + target.invoice() + "/bundle", 200, json);
      billing.answer(
          "/internal/v1/organizations/" + target.organization() + "/billing-profile",
          exchange -> FakeReports.send(exchange, 200, said(target.organization(), null)));
      billing.answer(
          "/internal/v1/organizations/" + target.organization() + "/credit",
          exchange -> FakeReports.send(exchange, 200, said(target.organization(), null)));
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = "&" + exchange.getRequestURI().getQuery();
    String organization = parameter(query, "organization_id");
    FakeReports.send(
        exchange,
        200,
        said(
            organization == null ? parameter(query, "organization") : organization,
            parameter(query, "project_id")));
  }

  private String said(@Nullable String organization, @Nullable String project) {
    Stream<String> secrets =
        targets.stream()
            .filter(t -> organization == null || t.organization().equals(organization))
            .filter(t -> project == null || t.project().equals(project))
            .map(t -> "\"" + t.secret() + "\"");
    return "{\"items\":[],\"said\":[%s]}".formatted(secrets.collect(Collectors.joining(",")));
  }

  private static @Nullable String parameter(String query, String name) {
    var matcher = Pattern.compile("&" + name + "=([^&]*)").matcher(query);
    return matcher.find() ? matcher.group(1) : null;
  }
}
