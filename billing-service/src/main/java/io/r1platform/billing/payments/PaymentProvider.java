package io.r1platform.billing.payments;

import io.r1platform.billing.credit.Arrivals.Arrival;
import io.r1platform.billing.errors.ServiceException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the webhooks of one payment provider. Implementations check first and parse then: a body
 * whose signature does not hold is never looked into.
 */
public interface PaymentProvider {
  /** The last part of the webhook's path: lower-case letters, digits and hyphens. */
  String name();

  /**
   * What an event says.
   *
   * @param header a header's value by its lower-case name; null where it is absent
   * @param body as it came, byte for byte
   * @return empty for an event that moves no money
   * @throws ServiceException {@code webhook_refused} where the signature or its time does not hold;
   *     {@code invalid_request} where a true event cannot be understood
   */
  Optional<Arrival> read(UnaryOperator<@Nullable String> header, byte[] body);
}
