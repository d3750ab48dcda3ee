package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An organization's credit, in pico of its currency.
 *
 * @param currency ISO 4217
 * @param limit what may be spent in all; below 0 it holds as 0
 * @param spent charged so far
 * @param leased held by gateways
 * @param until when part of the limit ends; null: never
 * @param opening the limit it began with
 */
public record CreditState(
    String currency,
    BigInteger limit,
    BigInteger spent,
    BigInteger leased,
    @Nullable Instant until,
    BigInteger opening) {}
