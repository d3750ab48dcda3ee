package io.r1platform.api.sessions;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session as it lies in the database.
 *
 * @param attributes short strings only; no object is ever deserialized from the database
 * @param createdAt when it began, or when its operator logged in
 * @param operator who logged in, if anybody has
 */
public record StoredSession(
    Map<String, String> attributes,
    Instant createdAt,
    Instant lastAccessAt,
    @Nullable Operator operator) {}
