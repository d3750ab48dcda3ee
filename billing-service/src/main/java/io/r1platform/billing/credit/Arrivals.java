package io.r1platform.billing.credit;

import io.r1platform.billing.credit.CreditCommands.Command;
import io.r1platform.billing.credit.CreditCommands.Kind;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.ledger.Journal;
import java.math.BigInteger;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Takes money that a payment provider reports, as the command that an operator would give. */
@Component
public class Arrivals {
  private static final int USUAL_PRIORITY = 100;

  /** What the money is for. */
  public enum Purpose {
    /** Credit, drawn by later usage. */
    TOP_UP,
    /** What is owed. */
    PAYMENT
  }

  /**
   * Money that arrived.
   *
   * @param provider who says so
   * @param eventId the provider's id of the event, the same each time it is sent
   * @param organization whose it is
   * @param purpose what it is for
   * @param currency ISO 4217
   * @param amount pico of the currency, above 0
   */
  public record Arrival(
      String provider,
      String eventId,
      long organization,
      Purpose purpose,
      String currency,
      BigInteger amount) {
    /** Checks the names and the amount. */
    public Arrival {
      if (provider.isBlank() || eventId.isBlank() || organization <= 0 || amount.signum() <= 0) {
        throw new IllegalArgumentException("no arrival of money: " + provider + " " + eventId);
      }
    }
  }

  private final Cashier cashier;
  private final CreditCommands commands;
  private final CreditLimits limits;
  private final RefusedArrivals refused;

  Arrivals(Cashier cashier, CreditCommands commands, CreditLimits limits, RefusedArrivals refused) {
    this.cashier = cashier;
    this.commands = commands;
    this.limits = limits;
    this.refused = refused;
  }

  /** Whether an organization has an account here; {@link #take} makes one. */
  public boolean hasAccount(long organization) {
    return limits.isKnown(organization);
  }

  /**
   * Keeps money that {@link #take} refused, for a person to give back or to book.
   *
   * @param why what the refusal said
   */
  public void refuse(Arrival arrival, String why) {
    refused.keep(arrival, why);
  }

  /**
   * Keeps money for an organization that the gateway does not know.
   *
   * @return false: it has an account here, so the money can be taken
   */
  @Transactional
  public boolean refuseUnknown(Arrival arrival) {
    commands.lock(commandId(arrival.provider, arrival.eventId));
    if (limits.isKnown(arrival.organization)) {
      return false;
    }
    refused.keep(arrival, "There is no such organization.");
    return true;
  }

  /**
   * Keeps a true event that is not understood, for a person to read.
   *
   * @param body as it came, byte for byte
   * @param why what is not as it should be
   * @return false: it was understood before, and its money moved
   */
  @Transactional
  public boolean refuse(String provider, String eventId, byte[] body, String why) {
    UUID id = commandId(provider, eventId);
    commands.lock(id);
    if (commands.isKnown(id)) {
      return false;
    }
    refused.keep(provider, eventId, body, why);
    return true;
  }

  private static UUID commandId(String provider, String eventId) {
    return Journal.idOf("payment|%s|%s".formatted(provider, eventId));
  }

  /**
   * Moves the money once. An event that was refused before is a person's, who may have moved it.
   *
   * @return whether it moved now; false: this event moved it before
   * @throws ServiceException {@code command_conflict} if the event said something else before;
   *     {@code invalid_request} if it was refused before, the account is in another currency, or
   *     the amount is beyond what one command may move
   */
  @Transactional
  public boolean take(Arrival arrival) {
    String currency = limits.currency(arrival.organization);
    if (!arrival.currency.equals(currency)) {
      throw ServiceException.invalidRequest(
          "Nothing was changed: the account is in %s, the money in %s."
              .formatted(currency, arrival.currency));
    }
    var command =
        new Command(
            commandId(arrival.provider, arrival.eventId),
            arrival.organization,
            arrival.purpose == Purpose.TOP_UP ? Kind.TOP_UP : Kind.PAYMENT,
            "provider:" + arrival.provider,
            Map.of("event", arrival.eventId, "amount", arrival.amount.toString()));
    commands.lock(command.id());
    if (commands.isDone(command)) {
      return false;
    }
    if (refused.isKept(arrival.provider, arrival.eventId)) {
      throw ServiceException.invalidRequest("This event was refused before; a person decides.");
    }
    switch (arrival.purpose) {
      case TOP_UP ->
          cashier.topUp(command, new Cashier.Order(arrival.amount, USUAL_PRIORITY, null, null));
      case PAYMENT -> cashier.pay(command, arrival.amount);
    }
    return true;
  }
}
