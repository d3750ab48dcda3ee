package io.r1platform.api.statements;

import io.r1platform.api.limits.LimitStanding;
import io.r1platform.api.money.Pico;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the wire.
 *
 * @param kind credit, budget, requests_per_minute, tokens_per_minute, concurrency, queue_length
 * @param model of this model only; null of all
 * @param currency of money, null where something else is counted
 * @param limit a decimal string, like the amounts after it
 * @param resets_at RFC 3339; null if it does not reset by itself
 * @param binding whether it would refuse first: of money, or of its kind
 */
public record LimitView(
    String kind,
    String scope,
    String scope_id,
    @Nullable String model,
    @Nullable String currency,
    String limit,
    String used,
    String held,
    String remaining,
    @Nullable String resets_at,
    boolean binding) {

  /** Of a limit; {@code kind} is credit or budget. */
  public static LimitView of(Limits.Limit l) {
    return new LimitView(
        l.scope().equals("credit") ? "credit" : "budget",
        l.scope(),
        l.scopeId(),
        null,
        l.currency(),
        Pico.decimal(l.limit()),
        Pico.decimal(l.used()),
        Pico.decimal(l.held()),
        Pico.decimal(l.remaining()),
        l.resetsAt(),
        l.binding());
  }

  /** Of a rate, or of places. */
  static LimitView of(LimitStanding l, @Nullable String model, Instant now) {
    return new LimitView(
        l.kind().wire(),
        l.scope().wire(),
        Long.toString(l.scopeId()),
        model,
        null,
        Long.toString(l.limit()),
        Long.toString(l.used()),
        "0",
        Long.toString(l.remaining()),
        l.resetsAfter() == null ? null : now.plus(l.resetsAfter()).toString(),
        l.binding());
  }
}
