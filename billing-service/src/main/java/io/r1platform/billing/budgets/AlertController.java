package io.r1platform.billing.budgets;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Alerts and where they go, for operators. */
@RestController
final class AlertController {
  record NewTarget(@Nullable UUID commandId, @Nullable String organization, @Nullable String url) {}

  record Close(@Nullable UUID commandId) {}

  record AlertList(List<AlertQueue.Alert> alerts, @Nullable String next) {}

  record TargetList(List<WebhookTargets.Target> targets, @Nullable String next) {}

  private final AlertQueue alerts;
  private final WebhookTargets targets;

  AlertController(AlertQueue alerts, WebhookTargets targets) {
    this.alerts = alerts;
    this.targets = targets;
  }

  @GetMapping("/internal/v1/budget-alerts")
  AlertList alerts(@RequestParam(required = false) @Nullable Long organization, ListPage page) {
    List<AlertQueue.Alert> found = alerts.list(organization, page);
    return new AlertList(page.of(found), page.next(found, AlertQueue.Alert::alertId));
  }

  @GetMapping("/internal/v1/webhook-targets")
  TargetList targets(@RequestParam(required = false) @Nullable Long organization, ListPage page) {
    List<WebhookTargets.Target> found = targets.list(organization, page);
    return new TargetList(page.of(found), page.next(found, WebhookTargets.Target::targetId));
  }

  @PostMapping("/internal/v1/webhook-targets")
  WebhookTargets.Target add(@RequestBody NewTarget body) {
    if (body.url == null) {
      throw ServiceException.invalidRequest("url is missing");
    }
    Long whose = body.organization == null ? null : Wire.id("organization", body.organization);
    return targets.add(BudgetController.command(body.commandId), whose, body.url);
  }

  @PostMapping("/internal/v1/webhook-targets/{id}/close")
  WebhookTargets.Target close(@PathVariable long id, @RequestBody Close body) {
    return targets.close(BudgetController.command(body.commandId), id);
  }
}
