package io.r1platform.billing.budgets;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Budgets for operators. Every change names a command id and is done once. */
@RestController
final class BudgetController {
  record Create(
      @Nullable UUID commandId,
      @Nullable String organization,
      @Nullable Scope scope,
      @Nullable String scopeId,
      @Nullable Boolean hard,
      @Nullable String currency,
      @Nullable String limit,
      @Nullable String zone,
      @Nullable Reset reset,
      @Nullable Integer rollingHours,
      @Nullable List<Integer> alertPercent) {
    BudgetOrders.NewBudget budget() {
      long owner = Wire.id("organization", organization);
      Scope whose = scope == null ? Scope.ORGANIZATION : scope;
      return new BudgetOrders.NewBudget(
          owner,
          whose,
          scopeId == null && whose == Scope.ORGANIZATION ? owner : Wire.id("scope_id", scopeId),
          hard == null || hard,
          currency == null ? "USD" : currency,
          Wire.pico("limit", limit),
          zone == null ? "UTC" : zone,
          reset == null ? Reset.MONTH : reset,
          rollingHours,
          alertPercent == null ? BudgetOrders.THRESHOLDS : alertPercent);
    }
  }

  record Change(
      @Nullable UUID commandId, @Nullable String limit, @Nullable List<Integer> alertPercent) {}

  record Increase(@Nullable UUID commandId, @Nullable String amount, @Nullable Instant expiresAt) {}

  record Close(@Nullable UUID commandId) {}

  record Page(List<BudgetView> budgets, @Nullable String next) {}

  private final BudgetOrders orders;

  BudgetController(BudgetOrders orders) {
    this.orders = orders;
  }

  @GetMapping("/internal/v1/budgets")
  Page list(
      @RequestParam(required = false) @Nullable Long organization,
      @RequestParam(defaultValue = "false") boolean closed,
      ListPage page) {
    List<BudgetView> found = orders.list(organization, closed, page);
    return new Page(page.of(found), page.next(found, BudgetView::budgetId));
  }

  @GetMapping("/internal/v1/budgets/{id}")
  BudgetView get(@PathVariable long id) {
    return orders.get(id);
  }

  @PostMapping("/internal/v1/budgets")
  BudgetView create(@RequestBody Create body) {
    return orders.create(command(body.commandId), body.budget());
  }

  @PostMapping("/internal/v1/budgets/{id}")
  BudgetView change(@PathVariable long id, @RequestBody Change body) {
    return orders.change(
        command(body.commandId),
        id,
        body.limit == null ? null : Wire.pico("limit", body.limit),
        body.alertPercent);
  }

  @PostMapping("/internal/v1/budgets/{id}/increases")
  BudgetView increase(@PathVariable long id, @RequestBody Increase body) {
    if (body.expiresAt == null) {
      throw ServiceException.invalidRequest("expires_at is missing");
    }
    return orders.increase(
        command(body.commandId), id, Wire.pico("amount", body.amount), body.expiresAt);
  }

  @PostMapping("/internal/v1/budgets/{id}/close")
  BudgetView close(@PathVariable long id, @RequestBody Close body) {
    return orders.close(command(body.commandId), id);
  }

  static UUID command(@Nullable UUID id) {
    if (id == null) {
      throw ServiceException.invalidRequest("command_id, a UUID of your own, is missing");
    }
    return id;
  }
}
