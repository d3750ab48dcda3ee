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
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

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
  private final TransactionOperations transactions;

  HeldController(
      Access access, BillingReports billing, AuditTrail audit, TransactionOperations transactions) {
    this.access = access;
    this.billing = billing;
    this.audit = audit;
    this.transactions = transactions;
  }

  @GetMapping("/held")
  JsonNode held(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(Query.of(parameters, "open").on("/internal/v1/held"));
  }

  @PostMapping("/held/{id}/decision")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void decide(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestBody Decision body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    decide(actor, "held_record", Long.toString(id), "/internal/v1/held/" + id, body);
  }

  @PostMapping("/held/receipts/{id}/decision")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void decideReceipt(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestBody Decision body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    decide(actor, "held_receipt", Long.toString(id), "/internal/v1/held/receipts/" + id, body);
  }

  @PostMapping("/streams/holes")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void giveUp(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody Hole body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
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
            "by", actor.name());
    String stream = hole.get("replica") + "." + hole.get("epoch");
    order(actor, "hole.given_up", "stream", stream, "/internal/v1/streams/holes", hole);
  }

  @GetMapping("/refused-payments")
  JsonNode refusedPayments(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(Query.of(parameters, "open").on("/internal/v1/refused-payments"));
  }

  @PostMapping("/refused-payments/{id}/resolution")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void resolve(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestBody Decision body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    Map<String, Object> command = Map.of("why", why(body.why), "by", actor.name());
    order(
        actor,
        "refused_payment.resolved",
        "refused_payment",
        Long.toString(id),
        "/internal/v1/refused-payments/%d/resolution".formatted(id),
        command);
  }

  private void decide(Actor actor, String kind, String id, String path, Decision body) {
    String decision = Fields.required("decision", body.decision);
    if (!decision.equals("confirm") && !decision.equals("reject")) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "decision", "The field decision is confirm or reject.");
    }
    Map<String, Object> command =
        Map.of("decision", decision, "why", why(body.why), "by", actor.name());
    order(actor, kind + "." + decision + "ed", kind, id, path + "/decision", command);
  }

  private void order(
      Actor actor,
      String action,
      String kind,
      String id,
      String path,
      Map<String, Object> command) {
    record(actor, new Change(action + ".ordered", kind, id, null, null, command));
    billing.command(path, command);
    record(actor, new Change(action, kind, id, null, null, command));
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
