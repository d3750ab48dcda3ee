package io.r1platform.api.relay;

import java.util.List;

/**
 * A tenant of the fuzzed service.
 *
 * @param name for its own names of things
 * @param key its API key
 * @param ids of what it has and no other tenant sees
 * @param keyed what it has sent with an idempotency key
 */
record FuzzTenant(String name, String key, List<String> ids, List<FuzzRequest> keyed) {}
