package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.people.Role;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides what a principal may do and where. Every method of an admin controller asks here first,
 * since method security does not work for blocking methods on WebFlux; {@link AdminGate} has let
 * the request in only because its principal may do this somewhere.
 */
@Component
public class Access {

  /** The principal, who runs the site; refuses anybody else. */
  public Principal operator(@Nullable Principal principal) {
    return allowed(principal, Permission.SITE);
  }

  /** The principal, who may do this somewhere; where, says {@link Principal#reach}. */
  public Principal allowed(@Nullable Principal principal, Permission permission) {
    ServiceException refusal = refusal(principal, permission);
    if (refusal != null) {
      throw refusal;
    }
    return Objects.requireNonNull(principal);
  }

  /** Where the principal may do this, which is not nowhere. */
  public Reach reach(@Nullable Principal principal, Permission permission) {
    return allowed(principal, permission).reach(permission);
  }

  /** Why this principal may nowhere do this; null if it may somewhere. */
  static @Nullable ServiceException refusal(@Nullable Principal principal, Permission permission) {
    if (principal == null) {
      return ServiceException.of(ErrorCode.NOT_AUTHENTICATED, "Log in first.");
    }
    if (!principal.enabled()) {
      return ServiceException.of(
          ErrorCode.FORBIDDEN, "You are disabled. Ask an operator to enable you.");
    }
    return principal.reach(permission).isEmpty()
        ? ServiceException.told(
            ErrorCode.FORBIDDEN,
            "Your roles do not allow this. Ask an owner or admin of your organization.",
            Map.of(
                "permission",
                permission.wire(),
                "roles",
                permission.roles().stream().map(Role::wire).toList()))
        : null;
  }
}
