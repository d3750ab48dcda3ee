package io.r1platform.billing.prices;

/**
 * What a request costs.
 *
 * @param version the version that holds for it
 * @param window the window that holds in that version, 0 for none
 * @param amountPico pico-dollars at the first tier
 */
public record Rated(PriceVersion version, int window, long amountPico) {}
