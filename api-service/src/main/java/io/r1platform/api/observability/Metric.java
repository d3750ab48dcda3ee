package io.r1platform.api.observability;

/** Every metric of this service. Tags name models and finishes only: a handful of values each. */
public enum Metric {
  /** Timer, from admission to the end; tags model, finish. */
  REQUEST("r1.request"),
  /** Timer, from admission to the first token; tag model. */
  TIME_TO_FIRST_TOKEN("r1.request.ttft"),
  /** Counter of charged tokens; tags model, class (hit, miss, reasoning, answer). */
  TOKENS("r1.tokens.charged"),
  /** Gauge: bytes of request bodies that the engine does not have yet. */
  BODIES_BYTES("r1.bodies.bytes"),
  /** Counter of request bodies for which there was no memory. Alarm if it rises. */
  BODIES_REFUSED("r1.bodies.refused"),
  /** Counter of requests with an idempotency key; tag standing (first, running, answered, …). */
  IDEMPOTENCY("r1.idempotency"),
  /** Gauge: bytes of answers in memory that may be asked for again. */
  ANSWERS_BYTES("r1.answers.bytes"),
  /** Counter of answers that were too large to be kept. */
  ANSWERS_UNKEPT("r1.answers.unkept"),
  /**
   * Counter of prompts with answers of projects that keep them; tag outcome: stored, withdrawn, or
   * why dropped (memory, too_large, project_full, failed). Alarm if one of these rises.
   */
  CONTENTS("r1.contents"),
  /** Gauge: bytes of prompts and answers in memory that are to be stored. */
  CONTENTS_BYTES("r1.contents.bytes"),
  /** Gauge: lines of batches that run here. */
  BATCH_LINES_RUNNING("r1.batch.lines.running"),
  /**
   * Counter of runs of lines; tag end (completed, failed, again: it waits once more, recovered:
   * from a replica that died).
   */
  BATCH_LINES("r1.batch.lines"),
  /** Counter of batches that ended; tag status. */
  BATCHES_ENDED("r1.batches.ended"),
  /** Counter of rows of the request log that were dropped. Alarm if it rises for long. */
  REQUEST_LOG_DROPPED("r1.request.log.dropped"),
  /** Gauge: days of the journal that are old and cannot be dropped. Alarm above 0. */
  JOURNAL_OVERDUE("r1.journal.overdue"),
  /** Gauge: requests by which journal and billing were apart. Alarm above 0. */
  JOURNAL_DIFFERENCES("r1.journal.differences"),
  /** Gauge: chains of the audit trail that do not add up. Alarm above 0. */
  AUDIT_BROKEN("r1.audit.broken"),
  /** Gauge: requests between ADMIT and durable FINAL. */
  JOURNAL_OPEN("r1.journal.open"),
  /** Gauge: streams of FINALs that could not be shipped to billing when it was last tried. */
  STREAMS_FAILING("r1.journal.streams.failing"),
  /** Gauge: 1 while the journal can be written. */
  JOURNAL_SERVING("r1.journal.serving"),
  /** Gauge: names of projects and API keys that billing did not take when last tried. */
  NAMES_WAITING("r1.names.waiting"),
  /** Gauge, seconds: since billing last said what the prices are. Alarm above 300. */
  PRICES_AGE("r1.prices.age"),
  /** Gauge: requests whose worst case is held of budgets. */
  HOLDS_OPEN("r1.holds.open"),
  /** Counter; tag scope: the one that binds, or unavailable when billing could not be asked. */
  HOLD_REFUSALS("r1.holds.refused"),
  /** Counter of billing's lease transactions; tag outcome (lent, exhausted, over, away). */
  LEASE_ASKS("r1.leases.asked"),
  /** Counter of heartbeats; tag heard. */
  LEASE_SYNCS("r1.leases.synced"),
  /** Counter of requests that a limit refused; tags kind, scope, or unavailable in both. */
  LIMIT_REFUSALS("r1.limits.refused"),
  /** Counter of exchanges of what replicas share of limits; tag heard. */
  LIMIT_SYNCS("r1.limits.synced"),
  /** Gauge: requests that run at a server for this replica; tag upstream. */
  UPSTREAM_OUTSTANDING("r1.upstream.outstanding"),
  /** Gauge: 0 while a server's breaker is closed, 1 half open, 2 open; tag upstream. */
  UPSTREAM_BREAKER("r1.upstream.breaker"),
  /** Gauge: 1 while a server answers checks of health; tag upstream. */
  UPSTREAM_HEALTHY("r1.upstream.healthy"),
  /** Counter of attempts at servers; tags upstream, outcome (ok, failed, released). */
  UPSTREAM_ATTEMPTS("r1.upstream.attempts"),
  /** Counter of answers whose usage was missing or wrong; tags upstream, why. Alarm if it rises. */
  UPSTREAM_USAGE_FLAGGED("r1.upstream.usage.flagged");

  private final String id;

  Metric(String id) {
    this.id = id;
  }

  /** The name in the registry. */
  public String id() {
    return id;
  }
}
