package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.holds.WorstCase;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.UnitPrices;
import io.r1platform.api.statements.LimitView;
import io.r1platform.api.statements.Limits;
import java.math.BigInteger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a chat completion would cost if it were admitted now, on the wire.
 *
 * @param max_output_tokens of each choice, as far as cap, {@code max_cost} and context allow
 * @param price_valid_until RFC 3339; null: no later price is published
 * @param affordable whether {@code cost.maximum} fits every limit above the key
 * @param binding_limit the one that leaves least; null if nothing binds
 */
record Quote(
    String object,
    String model,
    int prompt_tokens,
    int max_output_tokens,
    String price_version,
    @Nullable String price_valid_until,
    String currency,
    Cost cost,
    boolean affordable,
    @Nullable LimitView binding_limit) {

  /**
   * The range, decimal strings.
   *
   * @param minimum the whole prompt from the cache, and one token
   * @param expected nothing from the cache; null if no output is expected
   * @param maximum what is held when it is admitted, above any charge
   */
  record Cost(String minimum, @Nullable String expected, String maximum) {}

  /**
   * Puts a quote together.
   *
   * @param prompt tokens of the prompt
   * @param expected output tokens of all choices, null if nobody knows
   */
  static Quote of(
      Offers.Offer offer,
      int prompt,
      @Nullable Integer expected,
      @Nullable Instant validUntil,
      Limits.Above limits) {
    int room = offer.card().context_length() - prompt;
    if (room < 1) {
      throw ServiceException.about(
          ErrorCode.CONTEXT_LENGTH_EXCEEDED,
          "messages",
          "The prompt has %d tokens; the model's context of %d must hold it and an answer."
              .formatted(prompt, offer.card().context_length()));
    }
    WorstCase worst = offer.worst();
    UnitPrices unit = offer.price().unit();
    Limits.Limit tightest = limits.tightest();
    BigInteger maximum = BigInteger.valueOf(worst.amount().value());
    return new Quote(
        "quote",
        offer.model().name(),
        prompt,
        Math.min(room, worst.maxTokens()),
        offer.price().publicVersion(),
        validUntil == null ? null : validUntil.toString(),
        offer.price().currency(),
        new Cost(
            unit.cheapestInput().times(prompt).plus(unit.cheapestOutput()).decimal(),
            expected == null ? null : expected(unit, prompt, expected, worst).decimal(),
            worst.amount().decimal()),
        tightest == null || maximum.compareTo(tightest.remaining()) <= 0,
        tightest == null ? null : LimitView.of(tightest));
  }

  private static Pico expected(UnitPrices unit, int prompt, int output, WorstCase worst) {
    return unit.miss()
        .times(prompt)
        .plus(unit.dearestOutput().times(Math.min(output, worst.outputCap())));
  }
}
