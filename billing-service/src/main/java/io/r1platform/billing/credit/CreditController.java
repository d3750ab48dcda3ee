package io.r1platform.billing.credit;

import io.r1platform.billing.credit.CreditCommands.Command;
import io.r1platform.billing.credit.CreditCommands.Kind;
import io.r1platform.billing.errors.ServiceException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /internal/v1/organizations/{id}/credit}: its state, and the commands that change it. Each
 * command names its id and who ordered it; a repeat answers as the first did.
 */
@RestController
@RequestMapping("/internal/v1/organizations/{organization}/credit")
final class CreditController {
  private static final Pattern PICO = Pattern.compile("[0-9]{1,19}");
  private static final int MOST_TEXT = 200;

  /** Any of the commands; what one does not need is absent. Amounts are pico, as strings. */
  record Order(
      @Nullable String commandId,
      @Nullable String actor,
      @Nullable String amount,
      @Nullable Integer priority,
      @Nullable String effectiveAt,
      @Nullable String expiresAt,
      @Nullable String mode,
      @Nullable String creditLimit,
      @Nullable String journalId,
      @Nullable String reason) {
    Command command(long organization, Kind kind) {
      var body = new HashMap<String, String>();
      put(body, "amount", amount);
      put(body, "priority", priority == null ? null : priority.toString());
      put(body, "effective_at", effectiveAt);
      put(body, "expires_at", expiresAt);
      put(body, "mode", mode);
      put(body, "credit_limit", creditLimit);
      put(body, "journal_id", journalId);
      put(body, "reason", reason);
      return new Command(
          uuid("command_id", commandId), organization, kind, required("actor", actor), body);
    }

    private static void put(Map<String, String> body, String name, @Nullable String value) {
      if (value != null) {
        body.put(name, value);
      }
    }
  }

  record OpenGrant(
      String id,
      String kind,
      int priority,
      String effectiveAt,
      @Nullable String expiresAt,
      String amount,
      String remaining) {}

  record State(
      String organization,
      String currency,
      String mode,
      String creditLimit,
      String paid,
      String limit,
      List<OpenGrant> grants) {}

  private final Cashier cashier;
  private final Grants grants;
  private final CreditLimits limits;
  private final TransactionTemplate transaction;

  CreditController(
      Cashier cashier, Grants grants, CreditLimits limits, TransactionTemplate transaction) {
    this.cashier = cashier;
    this.grants = grants;
    this.limits = limits;
    this.transaction = transaction;
  }

  @GetMapping
  State state(@PathVariable long organization) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              Grants.Terms terms = grants.lockTerms(organization);
              return new State(
                  Long.toString(organization),
                  terms.currency(),
                  terms.mode().name(),
                  terms.creditLimit().toString(),
                  terms.paid().toString(),
                  limits.limit(organization).toString(),
                  grants.open(organization).stream().map(CreditController::view).toList());
            }));
  }

  @PostMapping("/top-ups")
  State topUp(@PathVariable long organization, @RequestBody Order order) {
    cashier.topUp(order.command(organization, Kind.TOP_UP), grant(order));
    return state(organization);
  }

  @PostMapping("/grants")
  State give(@PathVariable long organization, @RequestBody Order order) {
    cashier.give(order.command(organization, Kind.GRANT), grant(order));
    return state(organization);
  }

  @PostMapping("/payments")
  State pay(@PathVariable long organization, @RequestBody Order order) {
    cashier.pay(order.command(organization, Kind.PAYMENT), pico("amount", order.amount));
    return state(organization);
  }

  @PostMapping("/terms")
  State setTerms(@PathVariable long organization, @RequestBody Order order) {
    Grants.Mode mode =
        switch (required("mode", order.mode)) {
          case "PREPAID" -> Grants.Mode.PREPAID;
          case "POSTPAID" -> Grants.Mode.POSTPAID;
          default -> throw ServiceException.invalidRequest("mode is PREPAID or POSTPAID.");
        };
    BigInteger limit = pico("credit_limit", order.creditLimit);
    cashier.setTerms(order.command(organization, Kind.TERMS), mode, limit);
    return state(organization);
  }

  @PostMapping("/reversals")
  State reverse(@PathVariable long organization, @RequestBody Order order) {
    cashier.reverse(
        order.command(organization, Kind.REVERSAL),
        uuid("journal_id", order.journalId),
        required("reason", order.reason));
    return state(organization);
  }

  private static Cashier.Order grant(Order order) {
    return new Cashier.Order(
        pico("amount", order.amount),
        order.priority == null ? 100 : order.priority,
        moment("effective_at", order.effectiveAt),
        moment("expires_at", order.expiresAt));
  }

  private static OpenGrant view(Grant grant) {
    Instant expires = grant.expiresAt();
    return new OpenGrant(
        Long.toString(grant.id()),
        grant.kind().name(),
        grant.priority(),
        grant.effectiveAt().toString(),
        expires == null ? null : expires.toString(),
        grant.amount().toString(),
        grant.remaining().toString());
  }

  private static String required(String name, @Nullable String value) {
    if (value == null || value.isBlank() || value.length() > MOST_TEXT) {
      throw ServiceException.invalidRequest(
          "%s is a text of at most %d characters.".formatted(name, MOST_TEXT));
    }
    return value;
  }

  private static BigInteger pico(String name, @Nullable String value) {
    if (value == null || !PICO.matcher(value).matches()) {
      throw ServiceException.invalidRequest(name + " is pico as a decimal string.");
    }
    return new BigInteger(value);
  }

  private static UUID uuid(String name, @Nullable String value) {
    try {
      return UUID.fromString(required(name, value));
    } catch (IllegalArgumentException e) {
      throw ServiceException.invalidRequest(name + " is a UUID.");
    }
  }

  private static @Nullable Instant moment(String name, @Nullable String value) {
    try {
      return value == null ? null : Instant.parse(value);
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest(name + " is a time such as 2026-12-01T00:00:00Z.");
    }
  }
}
