package io.r1platform.api.keys;

import io.r1platform.api.errors.ServiceException;

/** What became of the key that a request carried. */
public sealed interface KeyCheck {
  /** It is good. */
  record Accepted(Caller caller) implements KeyCheck {}

  /** It is not, or cannot be checked now; the error says which. */
  record Refused(ServiceException error) implements KeyCheck {}
}
