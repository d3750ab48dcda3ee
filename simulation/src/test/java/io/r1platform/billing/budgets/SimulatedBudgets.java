package io.r1platform.billing.budgets;

import io.r1platform.billing.usage.SimulatedBilling.Answer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.json.JsonMapper;

/** Billing's lending without its web server: the production classes. */
public final class SimulatedBudgets {
  private final LeaseController leases;
  private final BudgetOrders orders;
  private final JsonMapper json;

  /** Of the beans of a context. */
  public SimulatedBudgets(BeanFactory beans) {
    leases = beans.getBean(LeaseController.class);
    orders = beans.getBean(BudgetOrders.class);
    json = beans.getBean(JsonMapper.class);
  }

  /** Answers an ask for leases. */
  public Answer lend(byte[] body) {
    ResponseEntity<Object> answer = leases.lend(json.readValue(body, LeaseController.Ask.class));
    Object content = Objects.requireNonNull(answer.getBody());
    return new Answer(answer.getStatusCode().value(), json.writeValueAsString(content));
  }

  /** Answers a heartbeat. */
  public Answer sync(byte[] body) {
    var synced = leases.sync(json.readValue(body, LeaseController.Sync.class));
    return new Answer(200, json.writeValueAsString(synced));
  }

  /** Makes a hard budget that starts anew each day. */
  public void limit(long organization, Scope scope, long scopeId, BigInteger pico) {
    String name = "budget %s %d".formatted(scope, scopeId);
    orders.create(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        new BudgetOrders.NewBudget(
            organization, scope, scopeId, true, "USD", pico, "UTC", Reset.DAY, null, List.of()));
  }
}
