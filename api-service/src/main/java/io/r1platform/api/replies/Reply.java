package io.r1platform.api.replies;

import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param version of the object in it, its entity tag; null if it has none
 * @param body JSON, or nothing
 * @param replayed whether it was given before
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Reply(int status, @Nullable String version, byte[] body, boolean replayed) {
  /** Its body may hold a secret. */
  @Override
  public String toString() {
    return "Reply[" + status + "]";
  }
}
