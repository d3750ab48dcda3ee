package io.r1platform.api.console;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.requests.LoggedRequest;
import io.r1platform.api.requests.RequestLog;
import io.r1platform.api.security.Access;
import io.r1platform.api.security.OperatorLooks;
import io.r1platform.api.upstreams.Catalogue;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/api/requests}: what billing has booked, and for one request also what still lies in
 * the journal.
 */
@RestController
@RequestMapping("/admin/api/requests")
final class RequestController {
  private final Access access;
  private final Tenancy tenancy;
  private final BillingReports billing;
  private final JournalReports journal;
  private final Catalogue models;
  private final NameBook names;
  private final RequestLog requestLog;
  private final JsonMapper json;
  private final OperatorLooks looks;

  RequestController(
      Access access,
      Tenancy tenancy,
      BillingReports billing,
      JournalReports journal,
      Catalogue models,
      NameBook names,
      RequestLog requestLog,
      JsonMapper json,
      OperatorLooks looks) {
    this.access = access;
    this.tenancy = tenancy;
    this.billing = billing;
    this.journal = journal;
    this.models = models;
    this.names = names;
    this.requestLog = requestLog;
    this.json = json;
    this.looks = looks;
  }

  @GetMapping
  JsonNode list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.USAGE_READ);
    var paging = Paging.of(parameters, "-admitted_at", "admitted_at");
    var query =
        Query.of(
            parameters,
            "from",
            "to",
            "organization_id",
            "project_id",
            "api_key_id",
            "model_id",
            "finish");
    ObjectNode page =
        billing.read(paging.on(tenancy.within(reach, query)).on("/internal/v1/requests"));
    List<JsonNode> items = StreamSupport.stream(page.path("items").spliterator(), false).toList();
    names.nameRequests(items);
    addTimes(items);
    return page;
  }

  @GetMapping("/{id}")
  JsonNode one(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      ServerWebExchange exchange) {
    ObjectNode request = reached(access.reach(principal, Permission.USAGE_READ), uuid(id));
    looks.note(principal, exchange, Permission.USAGE_READ, organization(request));
    names.nameRequests(List.of(request));
    addTimes(List.of(request));
    return request;
  }

  /**
   * Its receipt; with its place in the log and the proof, once a checkpoint has it. {@code held}
   * says why a record that is held or was rejected has none: waiting brings no proof.
   */
  @GetMapping("/{id}/receipt")
  JsonNode receipt(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      ServerWebExchange exchange) {
    UUID eventId = uuid(id);
    ObjectNode request = reached(access.reach(principal, Permission.USAGE_READ), eventId);
    looks.note(principal, exchange, Permission.USAGE_READ, organization(request));
    String path =
        "/internal/v1/organizations/%s/projects/%s/receipts/%s"
            .formatted(text(request, "organization_id"), text(request, "project_id"), eventId);
    ObjectNode receipt =
        billing
            .find(path)
            .map(found -> found.putNull("held"))
            .or(() -> journal.receipt(eventId).map(own -> unlogged(eventId, own.text(), path)))
            .orElseThrow(() -> ServiceException.notFound("This receipt"));
    boolean logged = receipt.hasNonNull("log_index");
    return receipt.put("proof", logged ? billing.text(path + "/proof") : null);
  }

  private ObjectNode unlogged(UUID eventId, String receipt, String path) {
    return json.createObjectNode()
        .put("id", eventId.toString())
        .put("receipt", receipt)
        .putNull("log_index")
        .put("held", billing.conflict(path + "/proof").orElse(null));
  }

  /** A request that is reached, booked or still in the journal. */
  private ObjectNode reached(Reach reach, UUID eventId) {
    return billing
        .find("/internal/v1/requests/" + eventId)
        .map(found -> found.put("status", "in_ledger"))
        .or(() -> journal.find(eventId).map(this::journaled))
        .filter(found -> isReached(reach, found))
        .orElseThrow(() -> ServiceException.notFound("This request"));
  }

  private static boolean isReached(Reach reach, ObjectNode request) {
    Long organization = organization(request);
    Long project = Fields.optionalId("project_id", text(request, "project_id"));
    return reach.everywhere()
        || (organization != null && project != null && reach.hasProject(organization, project));
  }

  private static @Nullable Long organization(ObjectNode request) {
    return Fields.optionalId("organization_id", text(request, "organization_id"));
  }

  private static String text(ObjectNode row, String member) {
    return row.path(member).asString("");
  }

  /** Adds what the request log knows besides; null where it has no row, or no longer. */
  private void addTimes(List<? extends JsonNode> requests) {
    List<UUID> ids = requests.stream().map(row -> uuid(row.path("id").asString(""))).toList();
    Map<UUID, LoggedRequest> logged = requestLog.find(ids);
    for (int i = 0; i < ids.size(); i++) {
      ObjectNode row = (ObjectNode) requests.get(i);
      LoggedRequest found = logged.get(ids.get(i));
      if (found == null) {
        row.putNull("log");
      } else {
        row.putObject("log")
            .put("upstream", found.upstream())
            .put("replica", found.replica())
            .put("streamed", found.streamed())
            .put("ttft_ms", found.ttftMillis())
            .put("token_gap_p50_us", text(found.gapMedianMicros()))
            .put("token_gap_p95_us", text(found.gapP95Micros()))
            .put("duration_ms", Long.toString(millis(found)))
            .put("price_version", found.priceVersion());
      }
    }
  }

  private static @Nullable String text(@Nullable Long number) {
    return number == null ? null : Long.toString(number);
  }

  private static long millis(LoggedRequest request) {
    return Duration.between(request.admittedAt(), request.finishedAt()).toMillis();
  }

  private ObjectNode journaled(JournalReports.Entry entry) {
    ObjectNode request = json.createObjectNode();
    request.put("status", "in_journal");
    request.put("id", entry.eventId().toString());
    request.put("admitted_at", entry.admittedAt().toString());
    request.put("finished_at", entry.finishedAt() == null ? null : entry.finishedAt().toString());
    request.put("organization_id", Long.toString(entry.organizationId()));
    request.put("project_id", Long.toString(entry.projectId()));
    request.put("api_key_id", Long.toString(entry.keyId()));
    request.put("model_id", Integer.toString(entry.modelId()));
    request.put("model", models.nameOf(entry.modelId()).orElse(Integer.toString(entry.modelId())));
    Tokens tokens = entry.tokens();
    request
        .putObject("tokens")
        .put("hit", Integer.toString(tokens.hit()))
        .put("miss", Integer.toString(tokens.miss()))
        .put("reasoning", Integer.toString(tokens.reasoning()))
        .put("answer", Integer.toString(tokens.answer()));
    request.put("finish", entry.finish());
    request.put("cost", Dollars.of(BigInteger.valueOf(entry.amountPico())));
    return request;
  }

  static UUID uuid(String id) {
    if (!id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
      throw ServiceException.notFound("This request");
    }
    return UUID.fromString(id);
  }
}
