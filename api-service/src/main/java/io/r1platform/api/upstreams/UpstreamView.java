package io.r1platform.api.upstreams;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered server of others, without its key.
 *
 * @param hasKey whether a key is stored for it
 * @param trusted PEM of the certificates that are trusted for it, null for the JVM's
 * @param cacheSalt whether it takes {@code cache_salt}
 * @param probedAt when a probe last found it fit
 */
public record UpstreamView(
    long id,
    String name,
    URI url,
    boolean hasKey,
    @Nullable String trusted,
    boolean enabled,
    boolean cacheSalt,
    int startWithinSeconds,
    List<UpstreamTerms.ModelTerms> models,
    Instant createdAt,
    Instant probedAt,
    long version) {}
