package io.r1platform.engine;

/**
 * Counters of an engine since it opened, and what it does now. Between two steps {@code
 * promptTokens = computed + cached}.
 *
 * @param waiting requests not started
 * @param running requests started and not ended
 * @param kvTokensUsed cache cells reserved by running requests
 * @param kvTokensTotal cache cells
 * @param promptTokens prompt tokens of started requests that were computed or taken from the cache
 * @param cachedTokens those taken from the cache
 * @param outputTokens tokens sampled
 * @param steps batches computed
 * @param stepMicros time spent in them, microseconds
 * @param finished requests ended, errors included
 */
public record EngineStats(
    int waiting,
    int running,
    long kvTokensUsed,
    long kvTokensTotal,
    long promptTokens,
    long cachedTokens,
    long outputTokens,
    long steps,
    long stepMicros,
    long finished) {}
