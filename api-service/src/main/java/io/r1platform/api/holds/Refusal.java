package io.r1platform.api.holds;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.math.BigDecimal;
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
 * @param resetsAt when there will be more, null if never by itself
 */
record Refusal(Scope.At at, BigInteger limit, BigInteger left, @Nullable Instant resetsAt) {
  private static final int PICO_DIGITS = 12;

  ServiceException of(WorstCase wanted) {
    int fits = wanted.largestCap(left, wanted.maxTokens());
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("scope", at.scope().wire());
    details.put("scope_id", Long.toString(at.id()));
    details.put("limit", decimal(limit));
    details.put("left", decimal(left));
    details.put("needed", wanted.amount().decimal());
    details.put("resets_at", resetsAt == null ? null : resetsAt.toString());
    details.put("max_tokens_that_fits", fits);
    String then = resetsAt == null ? "" : ", and it resets at " + resetsAt;
    String advice =
        fits > 0 ? "Send max_tokens of at most %d.".formatted(fits) : "Raise the budget or wait.";
    return ServiceException.detailed(
        ErrorCode.BUDGET_EXHAUSTED,
        at.scope().wire(),
        "The %s has %s left, and this request may cost up to %s%s. Nothing was charged. %s"
            .formatted(name(), decimal(left), wanted.amount().decimal(), then, advice),
        details);
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

  static String decimal(BigInteger pico) {
    BigDecimal exact = new BigDecimal(pico, PICO_DIGITS);
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }
}
