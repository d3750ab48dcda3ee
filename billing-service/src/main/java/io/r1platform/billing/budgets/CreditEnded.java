package io.r1platform.billing.budgets;

/**
 * Part of an organization's credit has ended and its limit counts it still. Whoever grants credit
 * lowers the limit before the listener returns; nothing is lent until then.
 *
 * @param organization whose credit it was
 */
public record CreditEnded(long organization) {}
