package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.FaultyWire.Fate;
import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.testing.Figures;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * SIGKILL at random instants under load, one process at a time or a second while the first comes
 * back, on a wire to billing that loses, doubles and reorders batches. Afterwards every token of
 * the engine is charged or waived by name, nothing is charged twice, and the ledger balances.
 * {@code ./r1 test faults --long} kills 200 times.
 */
class FaultsIT {
  private static final long SEED = Long.getLong("r1.faults.seed", 1);
  private static final int KILLS = Integer.getInteger("r1.faults.kills", 6);
  private static final int LONGEST_WAIT_MS = 3_000;
  private static final List<String> VICTIMS =
      List.of(Part.API.service(), Part.BILLING.service(), Part.INFERENCE.service(), Part.POSTGRES);

  private final Random random = new Random(SEED);
  private final Map<String, Integer> killed = new TreeMap<>();

  @Test
  void everyTokenIsChargedOnceOrWaivedByNameWhateverDies(@TempDir Path directory) throws Exception {
    var wires = new ArrayList<FaultyWire>();
    try (Platform platform = Platform.start("faults", fresh -> wires.add(wire(fresh)))) {
      Load load = new Load(platform.chat());
      try (load) {
        load.awaitAnswers();
        for (int number = 0; number < KILLS; number++) {
          kill(platform, load);
          System.out.printf("faults: %d of %d kills, %s%n", number + 1, KILLS, killed);
        }
        settleDown(platform);
        load.awaitAnswers();
      }
      Reconciliation clean = platform.reconciled();
      UsageFile file = UsageFile.export(platform, directory);
      check(load, clean, file.picos());
      check(platform.database(), clean);
      report(platform, wires.getFirst(), load, clean);
    } finally {
      wires.forEach(FaultyWire::close);
    }
  }

  /** Gateway and engine reach billing over the wire that the test holds. */
  private static FaultyWire wire(Platform platform) {
    var wire = new FaultyWire(platform.url(Ports.Name.BILLING), SEED);
    platform.configure(Part.API, Map.of("r1.api.billing.url", wire.url()));
    platform.configure(Part.INFERENCE, Map.of("r1.inference.receipts.billing-url", wire.url()));
    return wire;
  }

  private void kill(Platform platform, Load load) {
    Await.pause(Duration.ofMillis(random.nextInt(LONGEST_WAIT_MS)));
    String victim = VICTIMS.get(random.nextInt(VICTIMS.size()));
    long pid = platform.kill(victim);
    killed.merge(victim.replace("-service", ""), 1, Integer::sum);
    if (random.nextInt(4) > 0) { // else the next one dies while this one comes back
      platform.awaitRestart(victim, pid);
      load.awaitAnswers();
    }
  }

  private static void settleDown(Platform platform) {
    platform.awaitRestart(Part.API.service(), -1);
  }

  private static void check(Load load, Reconciliation clean, Map<UUID, BigInteger> charged) {
    assertThat(charged).as("one usage record per FINAL").hasSize(clean.requests().intValueExact());
    var told = new HashMap<UUID, BigInteger>();
    load.whole().forEach((id, cost) -> told.put(id, cost.movePointRight(12).toBigIntegerExact()));
    assertThat(charged)
        .as("whole answers cost what their clients were told")
        .containsAllEntriesOf(told);
    assertThat(clean.unexplained()).as("tokens neither charged nor waived").isZero();
    assertThat(clean.settled())
        .allMatch(orphan -> orphan.matches("\\S{36} settled as \\S.*"))
        .noneMatch(orphan -> load.whole().containsKey(UUID.fromString(orphan.substring(0, 36))));
  }

  private static void check(JdbcClient database, Reconciliation clean) {
    assertThat(
            database
                .sql(
                    """
                    select count(*) from billing.conservation
                    where usage_amount <> any (array[hourly_amount, accrued, revenue,
                      daily_accrued, daily_revenue]) or usage_requests <> hourly_requests
                    """)
                .query(Long.class)
                .single())
        .as("days that break the law")
        .isZero();
    for (String broken : List.of("ledger_broken", "credit_broken", "budget_broken")) {
      assertThat(database.sql("select what from billing." + broken).query(String.class).list())
          .as(broken)
          .isEmpty();
    }
    assertThat(
            database
                .sql("select coalesce(sum(amount), 0) from billing.entry")
                .query(BigDecimal.class)
                .single())
        .as("net of the ledger")
        .isZero();
    assertThat(
            database
                .sql(
                    """
                    select coalesce(-sum(amount), 0) from billing.posted_entry
                    where kind = 'USAGE' and account = 'revenue'
                    """)
                .query(BigDecimal.class)
                .single())
        .as("revenue, pico")
        .isEqualByComparingTo(clean.usageCost().movePointRight(12));
    assertThat(
            database
                .sql(
                    """
                    select sum(spent) - (select sum(amount_pico) from billing.usage_record)
                    from billing.budget_period p join billing.budget b using (budget_id)
                    where b.scope = 'CREDIT'
                    """)
                .query(BigDecimal.class)
                .single())
        .as("credit spent without usage, pico")
        .isZero();
    assertThat(
            database
                .sql("select coalesce(sum(overrun), 0) from billing.budget_period")
                .query(BigDecimal.class)
                .single())
        .as("charged beyond what was held, pico")
        .isZero();
  }

  private void report(Platform platform, FaultyWire wire, Load load, Reconciliation clean) {
    var waived = new TreeMap<String, BigInteger>();
    for (JsonNode row : platform.admin().get("/admin/api/reconciliation").path("waived")) {
      waived.merge(
          row.path("cause").asString(),
          new BigInteger(row.path("input").asString("0"))
              .add(new BigInteger(row.path("output").asString("0"))),
          BigInteger::add);
    }
    Figures.write(
        "faults",
        ("seed=%d kills=%d %s lost=%d unanswered=%d doubled=%d reordered=%d whole=%d broken=%d"
                + " finals=%s orphans=%d engine=%s usage=%s waived=%s lost_tokens=%s"
                + " charged_twice=0 ledger_net=0 difference=0")
            .formatted(
                SEED,
                KILLS,
                killed.entrySet().stream()
                    .map(entry -> "kill_" + entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining(" ")),
                wire.count(Fate.LOST),
                wire.count(Fate.UNANSWERED),
                wire.count(Fate.DOUBLED),
                wire.count(Fate.REORDERED),
                load.whole().size(),
                load.broken(),
                clean.requests(),
                clean.settled().size(),
                clean.engine(),
                clean.usage(),
                waived.toString().replace(" ", ""),
                clean.unexplained()));
  }
}
