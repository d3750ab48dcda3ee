package io.r1platform.api.sessions;

import io.r1platform.api.people.Principal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session as it lies in the database.
 *
 * @param attributes short strings only; no object is ever deserialized from the database
 * @param createdAt when it began, or when its person logged in
 * @param person who logged in, if anybody has
 */
public record StoredSession(
    Map<String, String> attributes,
    Instant createdAt,
    Instant lastAccessAt,
    @Nullable Principal person) {}
