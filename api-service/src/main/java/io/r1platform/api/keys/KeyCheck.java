package io.r1platform.api.keys;

import io.r1platform.api.errors.ServiceException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of the key that a request carried. */
public sealed interface KeyCheck {
  /**
   * It is good.
   *
   * @param scopes what it opens
   * @param secretExpiresAt when the secret that came stops being good, by the key's expiry or
   *     because it was replaced; null for never
   */
  record Accepted(Caller caller, Set<Scope> scopes, @Nullable Instant secretExpiresAt)
      implements KeyCheck {}

  /** It is not, or cannot be checked now; the error says which. */
  record Refused(ServiceException error) implements KeyCheck {}
}
