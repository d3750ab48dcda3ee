package io.r1platform.api.limits;

/**
 * One limit that holds now.
 *
 * @param on what it counts, and whose
 * @param most how many
 * @param version of the set that it comes from; 0 for a default that nobody changed
 */
record Limit(On on, long most, long version) {
  /** What identifies a limit; {@code modelId} is 0 for all models together. */
  record On(LimitScope scope, long scopeId, int modelId, Kind kind) {}
}
