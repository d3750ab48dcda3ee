package io.r1platform.api.tenants;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;

/** What the name of an organization or project may look like. */
final class Names {
  private Names() {}

  static String checked(String name) {
    String stripped = name.strip();
    if (stripped.isEmpty()
        || stripped.length() > 100
        || stripped.chars().anyMatch(Character::isISOControl)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "name",
          "A name has 1 to 100 characters and no control characters.");
    }
    return stripped;
  }
}
