package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.contents.Contents;
import io.r1platform.api.contents.StoredContent;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.ProjectView;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /admin/api/requests/{id}/content}: the prompt and the answer that a project stored, for
 * its people; running the site gives no right to them. Each view leaves its audit row first.
 */
@RestController
final class StoredContentController {
  private static final int AT_ONCE = 4;

  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Access access;
  private final Tenancy tenancy;
  private final Contents contents;
  private final AuditTrail audit;
  private final TransactionOperations transactions;

  StoredContentController(
      Access access,
      Tenancy tenancy,
      Contents contents,
      AuditTrail audit,
      TransactionOperations transactions) {
    this.access = access;
    this.tenancy = tenancy;
    this.contents = contents;
    this.audit = audit;
    this.transactions = transactions;
  }

  @GetMapping("/admin/api/requests/{id}/content")
  View read(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestParam(name = "project_id", required = false) @Nullable String projectId,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.CONTENT_READ);
    Actor actor = Actors.of(principal, exchange);
    ProjectView project = tenancy.project(reach, Fields.requiredId("project_id", projectId));
    UUID request = RequestController.uuid(id);
    StoredContent found = read(project.id(), request);
    var change =
        new Change(
            "content.read", "request", request.toString(), project.organizationId(), null, null);
    transactions.executeWithoutResult(status -> audit.record(actor, change));
    return View.of(found);
  }

  /** Each may take tens of megabytes for a moment. */
  private StoredContent read(long project, UUID request) {
    if (!places.tryAcquire()) {
      throw ServiceException.later(
          ErrorCode.RATE_LIMIT_EXCEEDED,
          Duration.ofSeconds(1),
          "Others are reading stored prompts now. Try again in a second.");
    }
    try {
      return contents
          .read(project, request)
          .orElseThrow(() -> ServiceException.notFound("A stored prompt of this request"));
    } finally {
      places.release();
    }
  }

  /**
   * What is stored.
   *
   * @param request the body as it came
   * @param answer as it went out: JSON, or server-sent events; null without one
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record View(
      Instant createdAt,
      Instant expiresAt,
      String path,
      String request,
      int status,
      @Nullable String contentType,
      @Nullable String answer) {
    static View of(StoredContent found) {
      return new View(
          found.createdAt(),
          found.expiresAt(),
          found.path(),
          found.request(),
          found.status(),
          found.contentType(),
          found.answer());
    }
  }
}
