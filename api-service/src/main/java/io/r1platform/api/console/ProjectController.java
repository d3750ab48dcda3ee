package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.security.Access;
import io.r1platform.api.sessions.Operator;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code /admin/api/projects}. */
@RestController
@RequestMapping("/admin/api/projects")
final class ProjectController {
  private final Access access;
  private final Tenants tenants;
  private final AuditTrail audit;
  private final TransactionOperations transactions;

  ProjectController(
      Access access, Tenants tenants, AuditTrail audit, TransactionOperations transactions) {
    this.access = access;
    this.tenants = tenants;
    this.audit = audit;
    this.transactions = transactions;
  }

  @GetMapping
  Items list(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization) {
    access.operator(principal);
    Long organizationId = Fields.optionalId("organization_id", organization);
    return new Items(tenants.projects(organizationId).stream().map(Item::of).toList(), null);
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Item create(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestBody NewProject body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    long organizationId = Fields.requiredId("organization_id", body.organizationId());
    String name = Fields.required("name", body.name());
    return transactions.execute(
        status -> {
          Item created = Item.of(tenants.createProject(organizationId, name));
          audit.record(
              actor,
              new Change(
                  "project.created", "project", created.id(), organizationId, null, created));
          return created;
        });
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record NewProject(@Nullable String organizationId, @Nullable String name) {}

  record Items(List<Item> items, @Nullable String next) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Item(String id, String organizationId, String name, String version, Instant createdAt) {
    static Item of(ProjectView view) {
      return new Item(
          Long.toString(view.id()),
          Long.toString(view.organizationId()),
          view.name(),
          Long.toString(view.version()),
          view.createdAt());
    }
  }
}
