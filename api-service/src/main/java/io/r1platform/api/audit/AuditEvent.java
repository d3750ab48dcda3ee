package io.r1platform.api.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One row of the trail.
 *
 * @param organizationId whose matter it is, or null if the site's
 * @param before the object before, null if it was new
 * @param after the object after, null if it was gone
 * @param sequence its number in the chain of its organization, or of the site; the first is 1
 * @param hash SHA-256 of the hash before it and of this row, 64 hex digits
 */
public record AuditEvent(
    long id,
    Instant at,
    String actor,
    String address,
    String action,
    String objectKind,
    String objectId,
    @Nullable Long organizationId,
    @Nullable JsonNode before,
    @Nullable JsonNode after,
    UUID requestId,
    long sequence,
    String hash) {}
