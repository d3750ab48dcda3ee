package io.r1platform.inference.observability;

/**
 * Every meter of this service. Those of an engine have the tags {@code model} (as many values as
 * models were ever loaded) and {@code backend} (one value per process); {@code reason} where noted
 * has fewer than ten values. Those of OpenTelemetry have its attributes instead.
 */
public enum EngineMeter {
  /** Gauge: requests started and not ended. */
  REQUESTS_RUNNING("r1.engine.requests.running"),
  /** Gauge: requests not started. */
  REQUESTS_WAITING("r1.engine.requests.waiting"),
  /** Gauge: tokens that the requests in the queue are expected to take. */
  QUEUE_TOKENS("r1.engine.queue.tokens"),
  /** Gauge: cache cells reserved. */
  KV_TOKENS_USED("r1.engine.kv.tokens.used"),
  /** Gauge: cache cells. Not called "total": Prometheus keeps that for counters. */
  KV_TOKENS_CAPACITY("r1.engine.kv.tokens.capacity"),
  /** Counter: prompt tokens computed or taken from the cache. */
  PROMPT_TOKENS("r1.engine.prompt.tokens"),
  /** Counter: prompt tokens that were looked up in the cache. */
  PREFIX_QUERY_TOKENS("r1.engine.prefix.query.tokens"),
  /** Counter: prompt tokens taken from the cache. */
  PREFIX_HIT_TOKENS("r1.engine.prefix.hit.tokens"),
  /** Counter: output tokens, reasoning included. */
  OUTPUT_TOKENS("r1.engine.output.tokens"),
  /** Counter: output tokens up to the end of reasoning. */
  REASONING_TOKENS("r1.engine.reasoning.tokens"),
  /** Counter: tokens computed after a stop took effect; never charged. */
  OVERRUN_TOKENS("r1.engine.overrun.tokens"),
  /** Timer: one batch of the engine. */
  STEP("r1.engine.step"),
  /** Timer: from admission to start. */
  QUEUE("r1.engine.queue"),
  /** Timer: from submit to the first token. */
  TIME_TO_FIRST_TOKEN("r1.engine.time.to.first.token"),
  /** Timer: mean time between two tokens of a request. */
  INTER_TOKEN("r1.engine.inter.token"),
  /** Histogram of OpenTelemetry's GenAI conventions: from admission to the end. */
  GEN_AI_DURATION("gen_ai.server.request.duration"),
  /** The same: to the first token. */
  GEN_AI_FIRST_TOKEN("gen_ai.server.time_to_first_token"),
  /** The same: mean time of each token after the first. */
  GEN_AI_TOKEN("gen_ai.server.time_per_output_token"),
  /** Counter by {@code reason}: requests ended. */
  FINISHED("r1.engine.finished"),
  /** Counter by {@code reason}: requests refused. */
  REJECTED("r1.engine.rejected"),
  /** Gauge: receipts durable but not yet with billing. */
  RECEIPTS_UNSHIPPED("r1.engine.receipts.unshipped"),
  /** Gauge: days of receipts that are old enough to be dropped and not all with billing. */
  RECEIPTS_DAYS_OVERDUE("r1.engine.receipts.days.overdue");

  private final String id;

  EngineMeter(String id) {
    this.id = id;
  }

  /** Its name; Prometheus shows dots as underscores and adds the unit. */
  public String id() {
    return id;
  }
}
