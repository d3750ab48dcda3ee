package io.r1platform.api.people;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.util.Locale;
import java.util.Map;

/**
 * Why somebody whom the identity provider vouches for is not let in. The wire name is the member
 * {@code reason} of the error, by which the console chooses its words.
 */
public enum LoginRefusal {
  /** Neither an invitation nor a group nor a listed domain lets the person in. */
  NOT_INVITED(
      "Nobody invited you, and none of your groups has a role here. Ask an owner or admin of your"
          + " organization."),
  /** The link was used, taken back or is over, or is for another address. */
  INVITATION_NOT_GOOD(
      "This invitation was used or taken back, has expired, or is for another e-mail address than"
          + " yours. Ask for another one."),
  /** The address is a person's already, who comes another way. */
  ADDRESS_TAKEN(
      "This e-mail address belongs to another account of the identity provider, or to somebody who"
          + " logs in by password. Ask an operator."),
  /** The provider does not vouch for the address. */
  ADDRESS_NOT_VERIFIED(
      "The identity provider names no verified e-mail address (claims email and"
          + " email_verified)."),
  /** The person was disabled here. */
  DISABLED("You are disabled. Ask an operator to enable you.");

  private final String message;

  LoginRefusal(String message) {
    this.message = message;
  }

  /** The error, {@code forbidden}. */
  public ServiceException exception() {
    return ServiceException.told(
        ErrorCode.FORBIDDEN, message, Map.of("reason", name().toLowerCase(Locale.ROOT)));
  }
}
