package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.BudgetNews;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Orders changes that billing carries out. Two databases cannot commit as one, so the trail says
 * first what was ordered, then what came of it: a change without a row cannot be. With the second
 * row every replica is told, so that it asks billing at once what changed.
 */
@Component
class BillingOrders {
  private static final Logger log = LoggerFactory.getLogger(BillingOrders.class);
  private static final int OK = 200;

  /**
   * A change.
   *
   * @param action as the trail says it when it is done; before, with {@code .ordered} after it
   * @param kind what is changed
   * @param idMember where the answer has its id
   * @param path of billing
   * @param organization whose matter it is; null if the site's, or if the answer says it first
   * @param body with {@code command_id}
   */
  record Order(
      String action,
      String kind,
      String idMember,
      String path,
      @Nullable Long organization,
      ObjectNode body) {}

  private final BillingClient billing;
  private final AuditTrail audit;
  private final BudgetNews news;
  private final TransactionOperations transactions;
  private final JsonMapper json;

  BillingOrders(
      BillingClient billing,
      AuditTrail audit,
      BudgetNews news,
      TransactionOperations transactions,
      JsonMapper json) {
    this.billing = billing;
    this.audit = audit;
    this.news = news;
    this.transactions = transactions;
    this.json = json;
  }

  /** Carries an order out and returns billing's answer; of a dry run what that would be. */
  ObjectNode order(Write write, Order order) {
    String command = Fields.required("command_id", text(order.body, "command_id"));
    if (write.isDryRun()) {
      return post(BillingReports.dryRun(order.path), order.body);
    }
    record(write.actor(), order.action + ".ordered", order, command, null);
    ObjectNode after = post(order.path, order.body);
    record(write.actor(), order.action, order, text(after, order.idMember), after);
    return after;
  }

  private void record(
      Actor actor, String action, Order order, @Nullable String id, @Nullable ObjectNode after) {
    var change =
        new Change(
            action,
            order.kind,
            id == null ? "" : id,
            order.organization == null && after != null ? organization(after) : order.organization,
            order.body.deepCopy(), // the trail masks what it writes
            after == null ? null : after.deepCopy());
    Long organization = change.organizationId();
    transactions.executeWithoutResult(
        status -> {
          if (after != null && organization != null) {
            news.tell(organization);
          }
          audit.record(actor, change);
        });
  }

  private ObjectNode post(String path, ObjectNode body) {
    try {
      HttpResponse<byte[]> answer =
          billing.post(path, "application/json", json.writeValueAsBytes(body));
      JsonNode said = json.readTree(answer.body());
      if (answer.statusCode() == OK && said instanceof ObjectNode object) {
        return object;
      }
      String detail = said.path("detail").asString("");
      throw switch (answer.statusCode()) {
        case 404 -> ServiceException.notFound("This");
        case 400, 422 ->
            ServiceException.of(
                ErrorCode.INVALID_VALUE, detail.isEmpty() ? "Billing refused it." : detail);
        case 409 ->
            ServiceException.of(
                ErrorCode.INVALID_STATE, detail.isEmpty() ? "Billing refused it." : detail);
        default -> unavailable(null, "status " + answer.statusCode());
      };
    } catch (IOException | JacksonException e) {
      throw unavailable(e, "no answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e, "interrupted");
    }
  }

  private static ServiceException unavailable(@Nullable Throwable cause, String what) {
    String message =
        "billing-service did not confirm the change. Send it again with the same command_id: it is"
            + " done once.";
    log.warn("An order to billing-service failed: {}", what, cause);
    return cause == null
        ? ServiceException.of(ErrorCode.BILLING_UNAVAILABLE, message)
        : ServiceException.because(ErrorCode.BILLING_UNAVAILABLE, message, cause);
  }

  private static @Nullable Long organization(ObjectNode node) {
    String id = text(node, node.has("organization") ? "organization" : "organization_id");
    return id != null && id.matches("[0-9]{1,18}") ? Long.valueOf(id) : null;
  }

  private static @Nullable String text(ObjectNode node, String member) {
    JsonNode value = node.path(member);
    return value.isString() ? value.asString() : null;
  }
}
