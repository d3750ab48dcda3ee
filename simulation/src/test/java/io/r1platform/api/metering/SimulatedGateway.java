package io.r1platform.api.metering;

import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.clock.DatabaseClock;
import io.r1platform.api.holds.SimulatedHolds;
import io.r1platform.api.holds.WorstCase;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.prices.UnitPrices;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * One life of a gateway: the production classes that keep its journal and ship it, driven step by
 * step. It begins as {@link Journal#start} does and is left as a killed process leaves things.
 */
public final class SimulatedGateway {
  /** How many looks at a heartbeat that stands still let a peer live. */
  public static final int MOST_LOOKS = 2;

  private static final MeteringSettings DEFAULTS =
      new Binder(new MapConfigurationPropertySource(Map.of()))
          .bindOrCreate("r1.api.metering", MeteringSettings.class);

  private static final UnitPrices LIST =
      new UnitPrices(pico(140_000), pico(550_000), pico(2_190_000), pico(2_190_000));

  /** Tells the holds which epoch they are of; the journal itself is driven by its parts. */
  private static final class Identity extends Journal {
    private final long replica;
    private final int epoch;

    Identity(
        DataSource database,
        BillingClient billing,
        MeteringSettings settings,
        Clock clock,
        int epoch) {
      super(
          database,
          JdbcClient.create(database),
          billing,
          JsonMapper.shared(),
          settings,
          event -> {},
          clock,
          new DatabaseClock(database));
      this.replica = settings.replicaId();
      this.epoch = epoch;
    }

    @Override
    public long replicaId() {
      return replica;
    }

    @Override
    public int epoch() {
      return epoch;
    }

    @Override
    public int liveReplicas() {
      return 2;
    }
  }

  private final long replica;
  private final Epochs epochs;
  private final Orphans orphans;
  private final JournalWriter writer;
  private final Shipper shipper;
  private final SimulatedHolds holds;
  private final Clock clock;
  private final Price price;

  /**
   * Raises the epoch and settles this replica's orphans.
   *
   * @param priceSha256 hash of the published list of r1-nano
   */
  public SimulatedGateway(
      DataSource database, BillingClient billing, long replica, Clock clock, String priceSha256) {
    this.replica = replica;
    this.clock = clock;
    this.price = new Price("1", priceSha256, "USD", LIST);
    var jdbc = JdbcClient.create(database);
    var transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
    MeteringSettings settings = settings(replica);
    epochs = new Epochs(jdbc, transaction);
    orphans = new Orphans(jdbc, transaction, clock);
    int epoch = epochs.raise(replica);
    var identity = new Identity(database, billing, settings, clock, epoch);
    holds = new SimulatedHolds(billing, identity, clock);
    shipper = new Shipper(epochs, jdbc, billing, JsonMapper.shared(), settings, epoch);
    writer = new JournalWriter(database, settings, epoch, () -> {}, () -> {});
    writer.start();
  }

  /** The last step of a start: nothing is served before it has returned. */
  public void settleOwn() {
    orphans.settleOwn(replica, writer);
  }

  /** What may be spent. */
  public SimulatedHolds holds() {
    return holds;
  }

  /** The most that a request of so many tokens can cost. */
  public WorstCase worst(int prompt, int cap) {
    return WorstCase.of(prompt, cap, LIST);
  }

  /** An admission, stamped by this gateway's clock, with labels that name it. */
  public Admission admission(UUID id, Caller caller, int cap, Reservation held) {
    return Admission.of(id, caller, 2, price, cap, true, clock.instant())
        .labelled(new Labels(id.toString(), "user of " + caller.keyId(), Map.of("k", "v")))
        .holding(held);
  }

  /** Writes the ADMIT. */
  public CompletableFuture<Void> admit(Admission admission) {
    return writer.append(admission.admit(), admission.reservation(), admission.labels());
  }

  /** Writes the FINAL with these counts. */
  public CompletableFuture<Void> settle(Admission admission, Outcome outcome) {
    return writer.append(admission.settle(outcome), admission.reservation(), admission.labels());
  }

  /** How a request ended, at this gateway's time; without output it is free. */
  public Outcome outcome(int hit, int miss, int reasoning, int answer, boolean gatewaysCount) {
    return new Outcome(
        reasoning + answer == 0 ? Finish.REFUSED : Finish.STOP,
        new Tokens(hit, miss, reasoning, answer),
        gatewaysCount,
        1,
        UsageRecord.NO_HASH,
        clock.instant());
  }

  /** What the FINAL of this end says, as it lies in the journal. */
  public byte[] finalRecord(Admission admission, Outcome outcome) {
    return UsageRecordCodec.encode(admission.settle(outcome));
  }

  /** Ships one batch of each stream. */
  public boolean ship() throws InterruptedException {
    return shipper.shipAll();
  }

  /** One heartbeat: says that it lives, fences the silent, settles what they left. */
  public void heartbeat() {
    if (touch()) {
      epochs.fenceSilent(replica, MOST_LOOKS);
      orphans.settleAny(writer);
    }
  }

  /** The first part of a heartbeat: says that it lives. False if its epoch is over. */
  public boolean touch() {
    if (!writer.isFenced() && !epochs.touch(replica, writer.epoch())) {
      writer.fence();
    }
    return !writer.isFenced();
  }

  /** Whether it knows that its epoch is over. */
  public boolean isFenced() {
    return writer.isFenced();
  }

  /** Leaves everything as it is, as SIGKILL does. */
  public void kill() {
    writer.abandon();
  }

  private static MeteringSettings settings(long replica) {
    return new MeteringSettings(
        replica,
        DEFAULTS.maxOpen(),
        Duration.ZERO, // whatever is queued is one commit
        DEFAULTS.flushRows(),
        DEFAULTS.stalledAfter(),
        DEFAULTS.silence(),
        DEFAULTS.shipEvery(),
        3,
        Duration.ZERO);
  }

  private static Pico pico(long value) {
    return new Pico(value);
  }
}
