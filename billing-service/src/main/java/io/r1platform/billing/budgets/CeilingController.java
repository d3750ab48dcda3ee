package io.r1platform.billing.budgets;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a tenant may ask of the limits above its key; amounts are decimal strings of pico. */
@RestController
final class CeilingController {
  record Limits(Instant asOf, List<Limit> limits) {}

  record Limit(
      Scope scope,
      String scopeId,
      String currency,
      String limit,
      String used,
      String leased,
      @Nullable Instant resetsAt) {
    static Limit of(Ceilings.Ceiling c) {
      return new Limit(
          c.scope(),
          Long.toString(c.scopeId()),
          c.currency(),
          c.limit().toString(),
          c.used().toString(),
          c.leased().toString(),
          c.resetsAt());
    }
  }

  private final Ceilings ceilings;
  private final Clock clock;

  CeilingController(Ceilings ceilings, Clock clock) {
    this.ceilings = ceilings;
    this.clock = clock;
  }

  @GetMapping("/internal/v1/limits")
  Limits above(
      @RequestParam long organization, @RequestParam long project, @RequestParam long key) {
    return new Limits(
        clock.instant(),
        ceilings.above(organization, project, key).stream().map(Limit::of).toList());
  }
}
