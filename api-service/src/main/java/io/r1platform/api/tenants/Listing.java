package io.r1platform.api.tenants;

import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param after the id of the last row before it; null for the first page
 * @param byName ordered by name, upper and lower case alike; else by when they were made
 * @param descending the other way round
 * @param limit at most so many rows
 */
public record Listing(@Nullable Long after, boolean byName, boolean descending, int limit) {}
