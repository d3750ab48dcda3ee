package io.r1platform.api.statements;

import io.r1platform.api.money.Pico;
import org.jspecify.annotations.Nullable;

/** A limit on the wire; money is a decimal string. */
public record LimitView(
    String kind,
    String scope,
    String scope_id,
    String currency,
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
        l.currency(),
        Pico.decimal(l.limit()),
        Pico.decimal(l.used()),
        Pico.decimal(l.held()),
        Pico.decimal(l.remaining()),
        l.resetsAt(),
        l.binding());
  }
}
