package io.r1platform.billing.credit;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.BeanFactory;

/** Billing's credit without its web server and its jobs: the production classes. */
public final class SimulatedCredit {
  private final Cashier cashier;
  private final Expiry expiry;

  /** Of the beans of a context. */
  public SimulatedCredit(BeanFactory beans) {
    cashier = beans.getBean(Cashier.class);
    expiry = beans.getBean(Expiry.class);
  }

  /**
   * Gives an organization its terms and a grant.
   *
   * @param limit what it may owe, pico
   * @param gift promotional credit, pico
   * @param until when the grant expires
   */
  public void endow(long tenant, BigInteger limit, BigInteger gift, Instant until) {
    cashier.setTerms(command(tenant, CreditCommands.Kind.TERMS), Grants.Mode.POSTPAID, limit);
    cashier.give(
        command(tenant, CreditCommands.Kind.GRANT), new Cashier.Order(gift, 0, null, until));
  }

  private static CreditCommands.Command command(long tenant, CreditCommands.Kind kind) {
    String name = "%s %d".formatted(kind, tenant);
    return new CreditCommands.Command(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        tenant,
        kind,
        "simulation",
        Map.of());
  }

  /** Lowers the limits by what has expired. */
  public void expire() {
    expiry.run();
  }
}
