package io.r1platform.api.console;

import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.ServedModel;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /admin/api/system}: which services answer, as seen from here. */
@RestController
@RequestMapping("/admin/api/system")
final class SystemController {
  private final Access access;
  private final BillingClient billing;
  private final Catalogue models;
  private final JournalReports journal;

  SystemController(Access access, BillingClient billing, Catalogue models, JournalReports journal) {
    this.access = access;
    this.billing = billing;
    this.models = models;
    this.journal = journal;
  }

  @GetMapping
  SystemView system(@AuthenticationPrincipal @Nullable Principal principal) {
    access.operator(principal);
    String version =
        Objects.requireNonNullElse(getClass().getPackage().getImplementationVersion(), "unpacked");
    var services = List.of(new ServiceView("api-service", "up", "answers"), inference(), billing());
    long unshipped = journal.unshipped();
    return new SystemView(version, services, new JournalView(Long.toString(unshipped)));
  }

  private ServiceView inference() {
    String answering =
        models.served().stream()
            .filter(model -> models.card(model).isPresent())
            .map(ServedModel::name)
            .collect(Collectors.joining(", "));
    return answering.isEmpty()
        ? new ServiceView("inference-service", "down", "no model has answered yet")
        : new ServiceView("inference-service", "up", "serves " + answering);
  }

  private ServiceView billing() {
    try {
      int status = billing.get("/readyz").statusCode();
      return new ServiceView(
          "billing-service", status == 200 ? "up" : "down", "readiness answered " + status);
    } catch (IOException e) {
      return new ServiceView("billing-service", "down", "does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ServiceView("billing-service", "unknown", "interrupted");
    }
  }

  record SystemView(String version, List<ServiceView> services, JournalView journal) {}

  record ServiceView(String name, String status, String detail) {}

  record JournalView(String unshipped) {}
}
