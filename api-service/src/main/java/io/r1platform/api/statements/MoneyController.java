package io.r1platform.api.statements;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.limits.LimitStanding;
import io.r1platform.api.limits.RateLimits;
import io.r1platform.api.money.Pico;
import io.r1platform.api.upstreams.Catalogue;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/limits}, {@code /v1/balance} and DeepSeek's {@code /user/balance}. */
@RestController
final class MoneyController {
  record LimitList(String object, String as_of, List<LimitView> data) {}

  /**
   * An organization's credit.
   *
   * @param available what may still be spent: grants, payments and, if postpaid, the credit limit
   * @param held set aside for requests that run, and what other gateways keep ready
   */
  record Balance(
      String object,
      String as_of,
      String currency,
      String available,
      String granted,
      String topped_up,
      String held,
      @Nullable String next_expiry) {}

  record DeepSeekBalance(boolean is_available, List<DeepSeekInfo> balance_infos) {}

  record DeepSeekInfo(
      String currency, String total_balance, String granted_balance, String topped_up_balance) {}

  private final Limits limits;
  private final BillingReads billing;
  private final RateLimits rates;
  private final Catalogue catalogue;
  private final Clock clock;

  MoneyController(
      Limits limits, BillingReads billing, RateLimits rates, Catalogue catalogue, Clock clock) {
    this.limits = limits;
    this.rates = rates;
    this.catalogue = catalogue;
    this.clock = clock;
    this.billing = billing;
  }

  @GetMapping("/v1/limits")
  LimitList limits(@AuthenticationPrincipal Caller caller) {
    Limits.Above above = limits.above(caller);
    Instant now = clock.instant();
    List<LimitView> all = new ArrayList<>(above.limits().stream().map(LimitView::of).toList());
    for (LimitStanding one : rates.standings(caller)) {
      String model = catalogue.nameOf(one.modelId()).orElse(null);
      if (model == null || caller.mayUse(model)) {
        all.add(LimitView.of(one, model, now));
      }
    }
    return new LimitList("list", above.asOf().toString(), all);
  }

  @GetMapping("/v1/balance")
  Balance balance(@AuthenticationPrincipal Caller caller) {
    JsonNode balance = ask(caller);
    JsonNode expiry = balance.path("next_expiry");
    return new Balance(
        "balance",
        balance.path("as_of").asString(),
        balance.path("currency").asString(),
        Pico.decimal(available(caller, balance)),
        Pico.decimal(pico(balance, "granted")),
        Pico.decimal(pico(balance, "topped_up")),
        Pico.decimal(held(caller, balance)),
        expiry.isString() ? expiry.asString() : null);
  }

  /** The same in DeepSeek's shape. */
  @GetMapping("/user/balance")
  DeepSeekBalance deepSeek(@AuthenticationPrincipal Caller caller) {
    JsonNode balance = ask(caller);
    BigInteger available = available(caller, balance);
    return new DeepSeekBalance(
        available.signum() > 0,
        List.of(
            new DeepSeekInfo(
                balance.path("currency").asString(),
                Pico.decimal(available),
                Pico.decimal(pico(balance, "granted")),
                Pico.decimal(pico(balance, "topped_up")))));
  }

  private JsonNode ask(Caller caller) {
    return billing.read(
        caller, "/internal/v1/organizations/%d/balance".formatted(caller.organizationId()));
  }

  private BigInteger available(Caller caller, JsonNode balance) {
    return pico(balance, "limit")
        .subtract(pico(balance, "used"))
        .subtract(held(caller, balance))
        .max(BigInteger.ZERO);
  }

  private BigInteger held(Caller caller, JsonNode balance) {
    return limits.heldOfCredit(caller, pico(balance, "leased"));
  }

  private static BigInteger pico(JsonNode node, String field) {
    return new BigInteger(node.path(field).asString());
  }
}
