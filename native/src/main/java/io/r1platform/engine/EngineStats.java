package io.r1platform.engine;

/**
 * Counters of an engine since it opened, and what it does now. Between two steps {@code
 * promptTokens = computed + cachedTokens}.
 *
 * @param waiting requests not started, now
 * @param running requests started and not ended, now
 * @param kvTokensUsed cache cells reserved by running requests, now
 * @param kvTokensTotal cache cells
 * @param kvTokensCached cells kept for prefixes, given up when needed, now
 * @param prefixAskedTokens prompt tokens of started requests that may share
 * @param cachedTokens those of them taken from the cache
 * @param promptTokens prompt tokens of started requests that were computed or taken from the cache
 * @param outputTokens tokens sampled
 * @param overrunTokens tokens computed after a stop or cancel took effect, never charged
 * @param outputTokensPerSecond over the last second
 * @param steps batches computed
 * @param stepMicros time spent in them, microseconds
 * @param finished requests ended, errors included
 * @param failed those of them that ended with ERROR
 * @param rejected submits refused as QUEUE_FULL
 * @param drawsRejected tokens drawn again because a constraint forbade them
 */
public record EngineStats(
    int waiting,
    int running,
    long kvTokensUsed,
    long kvTokensTotal,
    long kvTokensCached,
    long prefixAskedTokens,
    long cachedTokens,
    long promptTokens,
    long outputTokens,
    long overrunTokens,
    long outputTokensPerSecond,
    long steps,
    long stepMicros,
    long finished,
    long failed,
    long rejected,
    long drawsRejected) {

  /** From the numbers of {@code r1_stats_snapshot}, in its order. */
  static EngineStats of(long[] n) {
    return new EngineStats(
        (int) n[0],
        (int) n[1],
        n[2],
        n[3],
        n[4],
        n[5],
        n[6],
        n[7],
        n[8],
        n[9],
        n[10],
        n[11],
        n[12],
        n[13],
        n[14],
        n[15],
        n[16]);
  }
}
