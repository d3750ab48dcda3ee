package io.r1platform.api.batches;

import io.r1platform.api.errors.ServiceException;
import org.jspecify.annotations.Nullable;

/**
 * Why no line of a batch starts.
 *
 * @param code of an error
 * @param scope credit, organization, project or key, where money is missing; else null
 * @param resets_at RFC 3339, null if it does not pass at a time that is known
 */
record BlockedBy(String code, @Nullable String scope, @Nullable String resets_at) {
  static BlockedBy of(ServiceException why) {
    return new BlockedBy(
        why.code().wire(),
        why.details().get("scope") instanceof String scope ? scope : null,
        why.details().get("resets_at") instanceof String resets ? resets : null);
  }
}
