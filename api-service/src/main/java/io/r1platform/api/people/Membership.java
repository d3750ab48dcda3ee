package io.r1platform.api.people;

import org.jspecify.annotations.Nullable;

/**
 * A role and where it holds.
 *
 * @param projectId in this project only; null in the whole organization
 */
public record Membership(long organizationId, @Nullable Long projectId, Role role) {}
