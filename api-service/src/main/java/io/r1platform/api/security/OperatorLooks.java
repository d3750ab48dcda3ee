package io.r1platform.api.security;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.Looks;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * Has the trail say that whoever runs the site reads a tenant's data, before it is read: without
 * the trail there is no reading. Whoever has a role in the tenant reads as that.
 */
@Component
public class OperatorLooks {
  private static final int MOST_KNOWN = 10_000;

  private final Looks looks;
  private final Clock clock;

  /** What this replica knows to be written down, so that pages that are read again cost nothing. */
  private final Set<Look> known = ConcurrentHashMap.newKeySet();

  private record Look(String actor, long organization, Permission area, Instant hour) {}

  OperatorLooks(Looks looks, Clock clock) {
    this.looks = looks;
    this.clock = clock;
  }

  /** Whether reading this is a look of the site's into tenants, and not a tenant's own reading. */
  static boolean isOne(Principal who, Permission permission) {
    return switch (permission) {
      case KEYS_READ, MEMBERS_READ, USAGE_READ, OVERVIEW_READ -> who.operator();
      case BUDGETS_READ, CREDIT_READ, INVOICES_READ, EXPORTS_READ, AUDIT_READ -> who.operator();
      case TENANTS_READ, CONTENT_READ, SITE -> false;
      case KEYS_WRITE, PROJECTS_WRITE, PROJECTS_CREATE, BUDGETS_WRITE, MEMBERS_WRITE -> false;
    };
  }

  /**
   * Notes a look, if it is one. Blocking.
   *
   * @param organization that exists; null where a list of the whole site is read
   */
  public void note(
      @Nullable Principal principal,
      ServerWebExchange exchange,
      Permission permission,
      @Nullable Long organization) {
    if (principal == null
        || !isOne(principal, permission)
        || (organization != null && principal.isOf(organization, permission))) {
      return;
    }
    long whose = organization == null ? Looks.ALL : organization;
    Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
    var look = new Look(principal.name(), whose, permission, hour);
    if (!known.contains(look)) {
      var actor =
          new Actor(principal.name(), SessionController.address(exchange), RequestId.of(exchange));
      looks.note(actor, whose, permission.wire());
      if (known.size() >= MOST_KNOWN) {
        known.clear();
      }
      known.add(look);
    }
  }
}
