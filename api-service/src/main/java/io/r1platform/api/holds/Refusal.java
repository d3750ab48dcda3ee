package io.r1platform.api.holds;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.money.Pico;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not admitted, in the words that its caller reads.
 *
 * @param at the scope that binds
 * @param limit of its budget, pico
 * @param left what a request could have now, pico
 * @param unspent what there would be if nothing that runs were charged, pico
 * @param resetsAt when there will be more, null if never by itself
 */
record Refusal(
    Scope.At at,
    BigInteger limit,
    BigInteger left,
    BigInteger unspent,
    @Nullable Instant resetsAt) {
  private static final Duration SOON = Duration.ofSeconds(1);

  ServiceException of(WorstCase wanted) {
    int fits = wanted.largestCap(left, wanted.maxTokens());
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("scope", at.scope().wire());
    details.put("scope_id", Long.toString(at.id()));
    details.put("limit", Pico.decimal(limit));
    details.put("left", Pico.decimal(left));
    details.put("needed", wanted.amount().decimal());
    details.put("resets_at", resetsAt == null ? null : resetsAt.toString());
    details.put("max_tokens_that_fits", fits);
    String then = resetsAt == null ? "" : ", and it resets at " + resetsAt;
    boolean held = isHeld(wanted);
    String advice =
        held
            ? "Running requests hold the rest. Send it again soon."
            : fits > 0
                ? "Send max_tokens of at most %d.".formatted(fits)
                : "Raise the budget or wait.";
    return ServiceException.detailed(
        code(held),
        at.scope().wire(),
        held ? SOON : null,
        "The %s has %s left, and this request may cost up to %s%s. Nothing was charged. %s"
            .formatted(name(), Pico.decimal(left), wanted.amount().decimal(), then, advice),
        details);
  }

  /** Whether only running requests stand in the way, which may cost less than they hold. */
  private boolean isHeld(WorstCase wanted) {
    return unspent.compareTo(BigInteger.valueOf(wanted.amount().value())) >= 0;
  }

  private ErrorCode code(boolean held) {
    if (held) {
      return ErrorCode.BUDGET_HELD;
    }
    return at.scope() == Scope.CREDIT ? ErrorCode.INSUFFICIENT_BALANCE : ErrorCode.BUDGET_EXCEEDED;
  }

  /** The one that leaves less, which both must fit. */
  static Refusal stricter(@Nullable Refusal one, Refusal other) {
    return one == null || other.left.compareTo(one.left) < 0 ? other : one;
  }

  /** No word from billing, so nothing new may be spent. */
  static ServiceException unavailable() {
    return ServiceException.later(
        ErrorCode.METERING_UNAVAILABLE,
        Duration.ofSeconds(2),
        "Budgets cannot be asked now, so the request was not served. Nothing was charged. Send it"
            + " again.");
  }

  private String name() {
    return at.scope() == Scope.CREDIT ? "credit" : at.scope().wire() + "'s budget";
  }
}
