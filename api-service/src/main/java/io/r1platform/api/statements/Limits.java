package io.r1platform.api.statements;

import io.r1platform.api.holds.Holds;
import io.r1platform.api.keys.Caller;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What binds a key now, from billing and from what this gateway still has of its leases. */
@Component
public class Limits {
  private final BillingReads billing;
  private final Holds holds;

  /**
   * One limit, pico of its currency.
   *
   * @param scope credit, organization, project or key
   * @param used charged in the period of now
   * @param held set aside for requests that run, and what other gateways keep ready
   * @param remaining what another request could have now, 0 at least
   * @param resetsAt RFC 3339, null if there will not be more by itself
   * @param binding whether it would refuse first
   */
  public record Limit(
      String scope,
      String scopeId,
      String currency,
      BigInteger limit,
      BigInteger used,
      BigInteger held,
      BigInteger remaining,
      @Nullable String resetsAt,
      boolean binding) {}

  /** The limits above a key, from the root, at a moment. */
  public record Above(Instant asOf, List<Limit> limits) {
    /** The one that would refuse first; null if nothing binds. */
    public @Nullable Limit tightest() {
      return limits.stream().filter(Limit::binding).findFirst().orElse(null);
    }
  }

  Limits(BillingReads billing, Holds holds) {
    this.billing = billing;
    this.holds = holds;
  }

  /** Asks billing. Blocks. Fails with 503 metering_unavailable while it is away. */
  public Above above(Caller caller) {
    Map<String, BigInteger> room = holds.room(caller);
    ObjectNode answer =
        billing.read(
            caller,
            "/internal/v1/limits?organization=%d&project=%d&key=%d"
                .formatted(caller.organizationId(), caller.projectId(), caller.keyId()));
    List<Limit> limits = new ArrayList<>();
    for (JsonNode node : answer.path("limits")) {
      limits.add(limit(node, room));
    }
    Limit tightest = limits.stream().min(Comparator.comparing(Limit::remaining)).orElse(null);
    return new Above(
        Instant.parse(answer.path("as_of").asString()),
        limits.stream().map(limit -> limit.equals(tightest) ? binding(limit) : limit).toList());
  }

  /** What of the credit that gateways leased is held: what this one has ready is not. */
  BigInteger heldOfCredit(Caller caller, BigInteger leased) {
    return leased.subtract(holds.room(caller).getOrDefault("credit", BigInteger.ZERO).min(leased));
  }

  /** What this gateway leased and nobody holds is not held. */
  private static Limit limit(JsonNode node, Map<String, BigInteger> room) {
    String scope = node.path("scope").asString().toLowerCase(Locale.ROOT);
    BigInteger limit = pico(node, "limit");
    BigInteger used = pico(node, "used");
    BigInteger leased = pico(node, "leased");
    BigInteger held = leased.subtract(room.getOrDefault(scope, BigInteger.ZERO).min(leased));
    JsonNode resets = node.path("resets_at");
    return new Limit(
        scope,
        node.path("scope_id").asString(),
        node.path("currency").asString(),
        limit,
        used,
        held,
        limit.subtract(used).subtract(held).max(BigInteger.ZERO),
        resets.isString() ? resets.asString() : null,
        false);
  }

  private static Limit binding(Limit l) {
    return new Limit(
        l.scope, l.scopeId, l.currency, l.limit, l.used, l.held, l.remaining, l.resetsAt, true);
  }

  private static BigInteger pico(JsonNode node, String field) {
    return new BigInteger(node.path(field).asString());
  }
}
