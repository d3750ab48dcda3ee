package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.sessions.Operator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides what a principal may do. Every method of an admin controller asks here first, since
 * method security does not work for blocking methods on WebFlux.
 */
@Component
public class Access {

  /** The operator, who may do everything on the site; refuses anybody else. */
  public Operator operator(@Nullable Operator principal) {
    if (principal == null) {
      throw ServiceException.of(ErrorCode.NOT_AUTHENTICATED, "Log in first.");
    }
    if (!principal.enabled()) {
      throw ServiceException.of(
          ErrorCode.FORBIDDEN, "This operator is disabled. Ask another one to enable it.");
    }
    return principal;
  }
}
