package io.r1platform.api.holds;

import java.math.BigInteger;
import java.util.Map;

/** What became of a try to take a hold from memory. */
sealed interface Attempt {

  /** It is held. {@code low}: the scopes where more should be leased soon. */
  record Taken(Hold hold, Map<Scope, BigInteger> low) implements Attempt {}

  /** Billing must be asked: what is missing in each scope, 0 where only its lease is unknown. */
  record Lacking(Map<Scope, BigInteger> need) implements Attempt {}

  /** Billing said no a moment ago, and nothing changed since. */
  record Denied(Refusal refusal) implements Attempt {}
}
