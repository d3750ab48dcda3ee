package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.r1platform.standalone.admin.AdminApi;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The admin API with the real billing behind it: as described, and as the commands use it. */
@ExtendWith(PlatformExtension.class)
class AdminApiIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final String BASE = "/admin/api";

  private final Platform platform;
  private final AdminApi admin;
  private final JsonNode description;

  AdminApiIT(Platform platform) {
    this.platform = platform;
    this.admin = platform.admin();
    this.description = admin.get(BASE + "/openapi.json");
  }

  @Test
  void everyReadIsAnsweredAsDescribed() throws Exception {
    platform.mintKey();
    UUID request = platform.chat().stream("What is 2 + 2?", Chat.NEVER).requestId();
    platform.inLedger(request);
    JsonNode project = admin.get(BASE + "/projects?limit=1").at("/items/0");
    String organization = project.path("organization_id").asString();
    String budget = budget(organization, UUID.randomUUID(), "");
    admin.post(
        BASE + "/prices/calendars/described",
        Map.of("days", List.of(Map.of("day", "2026-12-25", "working", false))));
    admin.post(BASE + "/audit/check", Map.of());
    Map<String, String> ids =
        Map.of(
            "/organizations/{id}/credit",
            organization,
            "/limits/{scope}/{id}",
            project.path("id").asString(),
            "/requests/{id}",
            request.toString(),
            "/requests/{id}/receipt",
            request.toString(),
            "/budgets/{id}",
            budget,
            "/prices/versions/{id}",
            "1",
            "/prices/calendars/{name}",
            "described");
    List<String> judged = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    description
        .path("paths")
        .forEachEntry(
            (path, item) -> {
              String below = path.substring(BASE.length());
              JsonNode schema = item.at("/get/responses/200/content/application~1json/schema");
              boolean isAsked = ids.containsKey(below) || !below.contains("{");
              if (schema.isMissingNode() || !isAsked) {
                return;
              }
              String filled =
                  below
                      .replace("{scope}", "project")
                      .replaceAll("\\{[^}]*}", ids.getOrDefault(below, ""));
              JsonNode answer = admin.get(BASE + filled + query(below, organization));
              String fault = judge(schema, answer);
              if (!fault.isEmpty()) {
                faults.add(below + ": " + fault + " " + answer);
              }
              judged.add(below);
            });
    assertThat(faults).isEmpty();
    assertThat(judged).hasSizeGreaterThan(30).containsAll(ids.keySet());
  }

  private static String query(String path, String organization) {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    return switch (path) {
      case "/usage", "/usage/reference", "/requests" ->
          "?group_by=project&from=%s&to=%s".formatted(today.minusDays(1), today.plusDays(2));
      case "/members", "/invitations", "/roles/mapping", "/roles/holders" ->
          "?organization_id=" + organization;
      case "/invoices/revenue" -> "?from=2026-01&until=2026-03";
      default -> "";
    };
  }

  private String judge(JsonNode schema, JsonNode value) {
    ObjectNode whole = JSON.createObjectNode();
    whole.set("components", description.path("components"));
    whole.putArray("allOf").add(schema);
    var errors =
        JUDGE
            .getSchema(whole.toString(), InputFormat.JSON)
            .validate(value.toString(), InputFormat.JSON);
    return errors.isEmpty() ? "" : errors.toString();
  }

  private String budget(String organization, UUID command, String query) {
    return admin
        .post(
            BASE + "/budgets" + query,
            Map.of(
                "command_id",
                command.toString(),
                "organization",
                organization,
                "hard",
                false,
                "limit",
                "5000000000000"))
        .path("budget_id")
        .asString();
  }

  @Test
  void aDryRunOfAnOrderLeavesBillingAsItWas() {
    String organization = admin.get(BASE + "/organizations?limit=1").at("/items/0/id").asString();
    String list = BASE + "/budgets?closed=true&limit=200&organization=" + organization;
    JsonNode before = admin.get(list);
    UUID command = UUID.randomUUID();
    assertThat(budget(organization, command, "?dry_run=true")).isNotEmpty();
    assertThat(admin.get(list)).isEqualTo(before);
    String made = budget(organization, command, "");
    assertThat(budget(organization, command, "")).as("one command").isEqualTo(made);
    assertThat(admin.get(list).path("items")).hasSize(before.path("items").size() + 1);
  }

  @Test
  void theLimitCommandShowsAndChangesLimits() {
    platform.mintKey();
    String key = admin.get(BASE + "/keys?limit=1").at("/items/0/public_id").asString();
    assertThat(platform.r1("limit", "key", key).text()).contains("all (default)");
    Platform.Printed changed = platform.r1("limit", "key", key, "--concurrency", "3");
    assertThat(changed.exit()).as(changed.text()).isZero();
    assertThat(platform.r1("limit", "key", key).text())
        .contains("\t3\t")
        .doesNotContain("default)");
    assertThat(platform.r1("limit", "key", key, "--none").text()).contains("all (default)");
    Platform.Printed refused = platform.r1("limit", "key", key, "--requests", "many");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.text()).contains("invalid_value");
  }

  @Test
  void theTrailIsVerified() {
    Platform.Printed verified = platform.r1("audit", "verify");
    assertThat(verified.exit()).as(verified.text()).isZero();
    assertThat(verified.text())
        .contains("newest: chain=")
        .containsPattern("audit events=\\d+ broken=0");
  }
}
