package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/api/held}, {@code /admin/api/streams} and {@code /admin/api/refused-payments}: an
 * operator decides about records that billing holds, gives up numbers that a stream has lost, and
 * says what became of money that could not be booked. The audit row {@code ….ordered} comes before,
 * so that none of it can happen unseen; the row without it follows when billing has decided, which
 * it does once.
 */
@RestController
@RequestMapping("/admin/api")
final class HeldController {
  private static final int LONGEST_WHY = 500;

  @JsonNaming(SnakeCaseStrategy.class)
  record Decision(@Nullable String decision, @Nullable String why) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Hole(
      @Nullable String replica,
      @Nullable Integer epoch,
      @Nullable String firstSeq,
      @Nullable String lastSeq,
      @Nullable String why) {}

  private final Access access;
  private final BillingReports billing;
  private final AuditTrail audit;
  private final Writes writes;
  private final TransactionOperations transactions;

  HeldController(
      Access access,
      BillingReports billing,
      AuditTrail audit,
      Writes writes,
      TransactionOperations transactions) {
    this.access = access;
    this.billing = billing;
    this.audit = audit;
    this.writes = writes;
    this.transactions = transactions;
  }

  @GetMapping("/held")
  JsonNode held(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-held_at", "held_at");
    ObjectNode page =
        billing.page(paging.on(Query.of(parameters, "open")).on("/internal/v1/held"), "records");
    page.remove("receipts");
    return page;
  }

  @GetMapping("/held/receipts")
  JsonNode heldReceipts(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-held_at", "held_at");
    return billing.page(
        paging.on(Query.of(parameters, "open")).on("/internal/v1/held/receipts"), "receipts");
  }

  @PostMapping("/held/{id}/decision")
  ResponseEntity<byte[]> decide(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestBody Decision body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    return decide(write, "held_record", Long.toString(id), "/internal/v1/held/" + id, body);
  }

  @PostMapping("/held/receipts/{id}/decision")
  ResponseEntity<byte[]> decideReceipt(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestBody Decision body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    return decide(
        write, "held_receipt", Long.toString(id), "/internal/v1/held/receipts/" + id, body);
  }

  @PostMapping("/streams/holes")
  ResponseEntity<byte[]> giveUp(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody Hole body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    if (body.epoch == null) {
      throw ServiceException.about(
          ErrorCode.MISSING_PARAMETER, "epoch", "The field epoch is missing.");
    }
    Map<String, Object> hole =
        Map.of(
            "replica", Long.toString(Fields.requiredId("replica", body.replica)),
            "epoch", body.epoch,
            "first_seq", Long.toString(Fields.requiredId("first_seq", body.firstSeq)),
            "last_seq", Long.toString(Fields.requiredId("last_seq", body.lastSeq)),
            "why", why(body.why),
            "by", write.actor().name());
    String stream = hole.get("replica") + "." + hole.get("epoch");
    return order(write, "hole.given_up", "stream", stream, "/internal/v1/streams/holes", hole);
  }

  @GetMapping("/refused-payments")
  JsonNode refusedPayments(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-at", "at");
    return billing.page(
        paging.on(Query.of(parameters, "open")).on("/internal/v1/refused-payments"), "payments");
  }

  @PostMapping("/refused-payments/{id}/resolution")
  ResponseEntity<byte[]> resolve(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestBody Decision body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    Map<String, Object> command = Map.of("why", why(body.why), "by", write.actor().name());
    return order(
        write,
        "refused_payment.resolved",
        "refused_payment",
        Long.toString(id),
        "/internal/v1/refused-payments/%d/resolution".formatted(id),
        command);
  }

  private ResponseEntity<byte[]> decide(
      Write write, String kind, String id, String path, Decision body) {
    String decision = Fields.required("decision", body.decision);
    if (!decision.equals("confirm") && !decision.equals("reject")) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "decision", "The field decision is confirm or reject.");
    }
    Map<String, Object> command =
        Map.of("decision", decision, "why", why(body.why), "by", write.actor().name());
    return order(write, kind + "." + decision + "ed", kind, id, path + "/decision", command);
  }

  /** Billing does each of these once. Of a dry run there is no more to say than that it may be. */
  private ResponseEntity<byte[]> order(
      Write write,
      String action,
      String kind,
      String id,
      String path,
      Map<String, Object> command) {
    return writes.ordered(
        write,
        () -> {
          if (write.isDryRun()) {
            billing.command(BillingReports.dryRun(path), command);
          } else {
            record(write.actor(), new Change(action + ".ordered", kind, id, null, null, command));
            billing.command(path, command);
            record(write.actor(), new Change(action, kind, id, null, null, command));
          }
          return new Writes.Made(HttpStatus.NO_CONTENT, null, null);
        });
  }

  private void record(Actor actor, Change change) {
    transactions.executeWithoutResult(status -> audit.record(actor, change));
  }

  private static String why(@Nullable String sent) {
    String why = Fields.required("why", sent).strip();
    if (why.length() > LONGEST_WHY) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "why",
          "The field why has at most %d characters.".formatted(LONGEST_WHY));
    }
    return why;
  }
}
