package io.r1platform.billing.payments;

import io.r1platform.billing.credit.Arrivals.Arrival;
import io.r1platform.billing.errors.ServiceException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the webhooks of one payment provider. Implementations check first and parse then: a body
 * whose signature does not hold is never looked into.
 */
public interface PaymentProvider {
  /** The last part of the webhook's path: lower-case letters, digits and hyphens. */
  String name();

  /** What an event says. */
  sealed interface Event permits Money, NoMoney, Unclear {}

  /** Money arrived. */
  record Money(Arrival arrival) implements Event {}

  /** An event that moves no money. */
  record NoMoney() implements Event {}

  /**
   * A true event that is not understood: it may be money.
   *
   * @param eventId the provider's id of the event
   * @param why what is not as it should be
   */
  record Unclear(String eventId, String why) implements Event {}

  /**
   * What an event says.
   *
   * @param header a header's value by its lower-case name; null where it is absent
   * @param body as it came, byte for byte
   * @throws ServiceException {@code webhook_refused} where the signature or its time does not hold
   */
  Event read(UnaryOperator<@Nullable String> header, byte[] body);
}
