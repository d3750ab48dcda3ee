package io.r1platform.api.console;

import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /admin/api/overview} and {@code /admin/api/usage}: billing's sums with our names. */
@RestController
@RequestMapping("/admin/api")
final class UsageController {
  private static final int TOP = 5;

  private final Access access;
  private final Tenancy tenancy;
  private final BillingReports billing;
  private final NameBook names;
  private final Clock clock;

  UsageController(
      Access access, Tenancy tenancy, BillingReports billing, NameBook names, Clock clock) {
    this.access = access;
    this.tenancy = tenancy;
    this.billing = billing;
    this.names = names;
    this.clock = clock;
  }

  @GetMapping("/overview")
  JsonNode overview(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(required = false) @Nullable String month,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization) {
    Reach reach = access.reach(principal, Permission.OVERVIEW_READ);
    YearMonth asked =
        month == null || month.isBlank()
            ? YearMonth.from(LocalDate.ofInstant(clock.instant(), clock.getZone()))
            : Fields.month("month", month);
    var query =
        new Query()
            .with("from", asked.atDay(1).toString())
            .with("to", asked.plusMonths(1).atDay(1).toString())
            .with("organization_id", organization);
    tenancy.withinOrganization(reach, query);
    ObjectNode overview = billing.read(query.on("/internal/v1/reports/overview"));
    ObjectNode byProject =
        billing.read(query.with("group_by", "project").on("/internal/v1/reports/usage"));
    names.nameGroups("project", byProject.path("items"));
    addTopProjects(overview.putArray("top_projects"), byProject.path("items"));
    ArrayNode organizations = overview.putArray("organizations");
    names.eachOrganization(
        reach,
        view ->
            organizations.addObject().put("id", Long.toString(view.id())).put("name", view.name()));
    return overview;
  }

  @GetMapping("/usage")
  JsonNode usage(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.USAGE_READ);
    var query =
        Query.of(
            parameters,
            "from",
            "to",
            "group_by",
            "organization_id",
            "project_id",
            "api_key_id",
            "model_id");
    ObjectNode usage = billing.read(tenancy.within(reach, query).on("/internal/v1/reports/usage"));
    String dimension = parameters.getFirst("group_by");
    names.nameGroups(dimension == null ? "" : dimension, usage.path("items"));
    return usage;
  }

  /** The same usage at the reference list's prices, with computed ratios. */
  @GetMapping("/usage/reference")
  JsonNode reference(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.OVERVIEW_READ);
    var query = Query.of(parameters, "from", "to", "organization_id");
    return billing.read(
        tenancy.withinOrganization(reach, query).on("/internal/v1/reports/reference"));
  }

  private static void addTopProjects(ArrayNode top, JsonNode projects) {
    List<JsonNode> dearest =
        StreamSupport.stream(projects.spliterator(), false)
            .sorted(Comparator.comparing(UsageController::cost).reversed())
            .limit(TOP)
            .toList();
    for (JsonNode project : dearest) {
      String id = project.path("key").asString("");
      top.addObject()
          .put("id", id)
          .put("name", project.path("name").asString(id))
          .put("cost", project.path("cost").asString());
    }
  }

  private static BigDecimal cost(JsonNode row) {
    return new BigDecimal(row.path("cost").asString("0"));
  }
}
