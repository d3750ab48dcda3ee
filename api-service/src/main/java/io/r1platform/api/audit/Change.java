package io.r1platform.api.audit;

import org.jspecify.annotations.Nullable;

/**
 * What happened to one object.
 *
 * @param action object and past participle, for instance {@code key.revoked}
 * @param organizationId whose matter it is, or null if the site's
 * @param before the object before, null if it is new; written as JSON
 * @param after the object after, null if it is gone; written as JSON
 */
public record Change(
    String action,
    String objectKind,
    String objectId,
    @Nullable Long organizationId,
    @Nullable Object before,
    @Nullable Object after) {
  /** The same under another name. */
  public Change named(String other) {
    return new Change(other, objectKind, objectId, organizationId, before, after);
  }
}
