package io.r1platform.standalone.overspend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.processes.Await;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * One budget at R1's real prices, spent to the end by many clients of many gateways that are killed
 * at random. The short form runs with every test; {@code ./r1 test overspend} runs the long ones.
 *
 * <p>Threads: litellm#34732, #40095, #26672, #23714; new-api#6609, #6607, #5690; one-api#2440;
 * bifrost#3547.
 */
class OverspendIT {
  private static final BigDecimal DOLLAR = BigDecimal.TEN.pow(12);
  private static final Duration PATIENCE = Duration.ofMinutes(6);
  private static final Duration CALM = Duration.ofSeconds(3);
  private static final Duration LONG_CALM = Duration.ofSeconds(20);

  /**
   * What the worst case of a request may be, so that less than one is left: 64 output tokens, and
   * every byte of its body a prompt token.
   */
  private static final BigDecimal WORST =
      BigDecimal.valueOf(64 * 2_190_000L + Hammer.bytes() * 550_000L);

  /** One run: so many replicas in each process, clients for each replica, kills, and a budget. */
  private record Form(
      String name, List<Integer> processes, int clients, int kills, BigDecimal budget) {}

  private static final Form SHORT =
      new Form("short", List.of(2, 1), 16, 2, DOLLAR.movePointLeft(1));
  private static final List<Form> LONG =
      List.of(
          new Form("one-process", List.of(16), 64, 8, DOLLAR),
          new Form("four-processes", List.of(1, 1, 1, 1), 64, 8, DOLLAR));

  private static final String CHARGED =
      "select count(*) from billing.usage_record where amount_pico > 0";
  private static final String OPEN_STREAMS =
      "select count(*) from billing.usage_stream where source = 'gateway' and not closed";
  private static final String FREE =
      "select count(*) from billing.usage_record where amount_pico = 0";

  @Test
  void concurrencyCannotOverspend() throws Exception {
    Path billing = Jars.unpack("billing-service");
    String classPath = Jars.classPath(Jars.unpack("api-service"));
    boolean isLong = Boolean.getBoolean("r1.overspend.long");
    var figures = new StringBuilder();
    for (Form form : isLong ? LONG : List.of(SHORT)) {
      figures.append(figures.isEmpty() ? "" : "\noverspend ").append(run(form, billing, classPath));
    }
    Figures.write("overspend", figures.toString());
  }

  private static String run(Form form, Path billing, String classPath) throws Exception {
    try (var ground = new Ground(billing)) {
      await("billing is ready", ground::isReady);
      try (var fleet = new Fleet(classPath, ground.replicaSettings(), form.processes)) {
        fleet.start();
        String key = ground.keyWithBudget(Objects.requireNonNull(fleet.port(1)), form.budget);
        return spend(form, ground, fleet, key);
      }
    }
  }

  private static String spend(Form form, Ground ground, Fleet fleet, String key) throws Exception {
    long begun = System.nanoTime();
    long asksBefore = ground.leaseCalls(false);
    long syncsBefore = ground.leaseCalls(true);
    long transactionsBefore = ground.transactions();
    try (var hammer = new Hammer(fleet, key, form.clients)) {
      killAtRandom(form, ground, fleet);
      await("every replica is denied", () -> isSpent(form, ground, hammer));
      double seconds = (System.nanoTime() - begun) / 1e9;
      long asks = ground.leaseCalls(false) - asksBefore;
      long syncs = ground.leaseCalls(true) - syncsBefore;
      long transactions = ground.transactions() - transactionsBefore;
      hammer.stop();
      await("everything is shipped", () -> isShipped(ground));
      giveBack(form, ground, fleet);
      BigDecimal used = check(form, ground);
      BigDecimal charged = ground.number(CHARGED);
      return String.format(
          Locale.ROOT,
          "form=%s replicas=%d clients=%d kills=%d budget_usd=%s spent_usd=%s used=%s%%"
              + " overspend_pico=0 charged=%s free_or_lost=%s served=%d denied=%d broken=%d"
              + " requests_per_lease_ask=%.1f heartbeats=%d"
              + " transactions_per_request=%.2f seconds=%.0f",
          form.name,
          fleet.size(),
          fleet.size() * form.clients,
          form.kills,
          form.budget.movePointLeft(12).stripTrailingZeros().toPlainString(),
          ground.spent().movePointLeft(12).stripTrailingZeros().toPlainString(),
          used,
          charged,
          ground.number(FREE),
          hammer.served(),
          hammer.denied(),
          hammer.troubled(),
          charged.doubleValue() / Math.max(1, asks),
          syncs,
          transactions / Math.max(1.0, charged.doubleValue()),
          seconds);
    }
  }

  /** Kills a replica each time that another part of the budget is spent; it starts anew at once. */
  private static void killAtRandom(Form form, Ground ground, Fleet fleet) throws IOException {
    var random = new Random(20_261_125);
    BigDecimal parts = BigDecimal.valueOf(form.kills + 1L);
    for (int kill = 1; kill <= form.kills; kill++) {
      BigDecimal mark =
          form.budget.multiply(BigDecimal.valueOf(kill)).divide(parts, RoundingMode.DOWN);
      await("the next kill", () -> fleet.isWhole() && ground.spent().compareTo(mark) > 0);
      int replica = 1 + random.nextInt(fleet.size());
      fleet.kill(replica);
      fleet.start(replica).join();
    }
  }

  /** Every replica denies, and no more than one request's worst case is left, or none gets it. */
  private static boolean isSpent(Form form, Ground ground, Hammer hammer) {
    return hammer.isDeniedEverywhereFor(LONG_CALM)
        || (hammer.isDeniedEverywhereFor(CALM)
            && form.budget.subtract(ground.spent()).compareTo(WORST) < 0);
  }

  private static boolean isShipped(Ground ground) {
    return ground
            .number("select count(*) from api.usage_journal where kind = 'F'")
            .compareTo(ground.number("select count(*) from billing.usage_record"))
        == 0;
  }

  /**
   * In the long forms all but one are killed and it closes the epochs of the dead, which takes it
   * half a minute; in the short one all stop as planned. Either way every lease must come back.
   */
  private static void giveBack(Form form, Ground ground, Fleet fleet) {
    boolean isShort = form.equals(SHORT);
    for (int replica = fleet.size(); replica > 1; replica--) {
      if (isShort) {
        fleet.stop(replica);
      } else {
        fleet.kill(replica);
      }
    }
    await(
        "the epochs of the dead are closed",
        () -> isShort || ground.number(OPEN_STREAMS).intValueExact() <= 1);
    fleet.stop(1);
  }

  private static BigDecimal check(Form form, Ground ground) {
    Ground.Period period = ground.period().orElseThrow();
    assertThat(period.limit()).isEqualByComparingTo(form.budget);
    assertThat(period.overrun()).as("charged beyond what was held").isZero();
    assertThat(period.spent()).as("overspend").isLessThanOrEqualTo(form.budget);
    assertThat(period.leased()).as("still leased").isZero();
    assertThat(ground.number("select sum(amount_pico) from billing.usage_record"))
        .as("what was charged is what the budget spent")
        .isEqualByComparingTo(period.spent());
    assertThat(
            ground.number("select count(*) from billing.lease where granted <> spent + returned"))
        .as("leases that are not whole")
        .isZero();
    BigDecimal used = period.spent().movePointRight(2).divide(form.budget, 4, RoundingMode.DOWN);
    BigDecimal least =
        form.budget.subtract(WORST).movePointRight(2).divide(form.budget, 4, RoundingMode.DOWN);
    assertThat(used).as("percent used").isGreaterThanOrEqualTo(least.min(new BigDecimal("99.9")));
    return used;
  }

  private static void await(String what, BooleanSupplier condition) {
    assertThat(Await.until(PATIENCE, condition)).as(what).isTrue();
  }
}
