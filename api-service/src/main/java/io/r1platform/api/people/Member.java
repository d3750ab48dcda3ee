package io.r1platform.api.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person with one role.
 *
 * @param enabled whether the person may do anything; an operator can shut it out
 * @param projectId in this project only; null in the whole organization
 * @param ofGroup given by the identity provider's groups, which alone can take it
 */
public record Member(
    long id,
    long organizationId,
    @Nullable Long projectId,
    long personId,
    String email,
    boolean enabled,
    Role role,
    boolean ofGroup,
    Instant createdAt,
    long version) {}
