package io.r1platform.api.metering;

import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.clock.DatabaseClock;
import io.r1platform.api.database.MeteringDatabase;
import io.r1platform.api.errors.ServiceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a request becomes durable before anybody hears of it. Starting raises this replica's epoch
 * and settles what its last life left open, before the web server listens.
 *
 * <p>Every successful {@link #admit} must be followed by exactly one {@link #settle}.
 */
@Component
public class Journal implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final long STOP_MILLIS = 10_000;
  private static final int KEPT_DAYS = 35;
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private final DataSource dataSource;
  private final MeteringSettings settings;
  private final ApplicationEventPublisher events;
  private final Epochs epochs;
  private final Orphans orphans;
  private final JdbcClient database;
  private final BillingClient billing;
  private final JsonMapper json;
  private final Clock clock;
  private final DatabaseClock databaseClock;
  private final Set<UUID> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger overdueDays = new AtomicInteger();
  private volatile @Nullable JournalWriter writer;
  private volatile @Nullable Shipper shipper;
  private volatile int live = 1;

  Journal(
      @Qualifier(MeteringDatabase.NAME) DataSource dataSource,
      JdbcClient database,
      BillingClient billing,
      JsonMapper json,
      MeteringSettings settings,
      ApplicationEventPublisher events,
      Clock clock,
      DatabaseClock databaseClock) {
    this.dataSource = dataSource;
    this.database = database;
    this.billing = billing;
    this.json = json;
    this.settings = settings;
    this.events = events;
    this.clock = clock;
    this.databaseClock = databaseClock;
    var own = JdbcClient.create(dataSource);
    var transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    this.epochs = new Epochs(own, transaction);
    this.orphans = new Orphans(own, transaction, clock);
  }

  /**
   * Writes the ADMIT. The future completes when it is durable; it fails with 503
   * metering_unavailable when the journal is full, stalled or fenced, or the database's time is not
   * known.
   */
  public CompletableFuture<Void> admit(Admission admission) {
    if (!admission.reservation().isCovered()) {
      throw new IllegalArgumentException("nothing is held for " + admission.eventId());
    }
    JournalWriter current = writer;
    if (current == null || !isServing(current)) {
      return CompletableFuture.failedFuture(ServiceException.meteringUnavailable());
    }
    UUID id = admission.eventId();
    open.add(id);
    if (open.size() > settings.maxOpen()) {
      open.remove(id);
      return CompletableFuture.failedFuture(ServiceException.meteringUnavailable());
    }
    CompletableFuture<Void> written =
        current.append(admission.admit(), admission.reservation(), admission.labels());
    var unused = written.exceptionally(refused -> forget(id));
    return written;
  }

  /**
   * Writes the FINAL. The future completes when it is durable, however long that takes; it fails
   * only when this replica is fenced or stops, and then the request is settled as lost.
   */
  public CompletableFuture<Void> settle(Admission admission, Outcome outcome) {
    return running()
        .append(admission.settle(outcome), admission.reservation(), admission.labels())
        .whenComplete((done, failure) -> open.remove(admission.eventId()));
  }

  private @Nullable Void forget(UUID id) {
    open.remove(id);
    return null;
  }

  /** Whether this replica may serve. */
  public boolean isServing() {
    JournalWriter current = writer;
    return current != null && isServing(current);
  }

  private boolean isServing(JournalWriter current) {
    return !current.isFenced() && !current.isStalled() && databaseClock.isFresh();
  }

  /** Who writes, for instance {@code 1.3}: replica and epoch. */
  public String replica() {
    return settings.replicaId() + "." + running().epoch();
  }

  /** This replica's id. */
  public long replicaId() {
    return settings.replicaId();
  }

  /** The epoch that this replica writes. */
  public int epoch() {
    return running().epoch();
  }

  /** How many replicas lived at the last heartbeat, this one among them; at least 1. */
  public int liveReplicas() {
    return live;
  }

  /** Requests between ADMIT and durable FINAL; 0 under an epoch that is over: a peer has them. */
  public int openRequests() {
    JournalWriter current = writer;
    return current == null || current.isFenced() ? 0 : open.size();
  }

  /** Number of the last FINAL of this epoch that is on disk. */
  public long lastDurableSeq() {
    JournalWriter current = writer;
    return current == null ? 0 : current.lastDurableSeq();
  }

  /** Streams that could not be shipped to billing when it was last tried. */
  public int failingStreams() {
    Shipper current = shipper;
    return current == null ? 0 : current.failingStreams();
  }

  @Override
  public void start() {
    databaseClock.read();
    if (!databaseClock.isFresh()) {
      throw new IllegalStateException(
          "PostgreSQL takes seconds to tell the time: it is overloaded");
    }
    ensurePartitions();
    int epoch = epochs.raise(settings.replicaId());
    Shipper ships = new Shipper(epochs, database, billing, json, settings, epoch);
    JournalWriter writes =
        new JournalWriter(dataSource, settings, epoch, ships::wake, this::onFenced);
    writes.start();
    writer = writes;
    int settled = orphans.settleOwn(settings.replicaId(), writes);
    log.info(
        "replica {} writes epoch {}, {} orphans settled", settings.replicaId(), epoch, settled);
    ships.start();
    shipper = ships;
    live = epochs.live(settings.silence());
  }

  @Override
  public void stop() {
    JournalWriter writes = writer;
    if (writes != null) {
      writes.stop(STOP_MILLIS);
    }
    Shipper ships = shipper;
    if (ships != null) {
      ships.stop(STOP_MILLIS);
    }
    writer = null;
    shipper = null;
  }

  @Override
  public boolean isRunning() {
    return writer != null;
  }

  /** Before the web server, which has a later phase; after it on the way down. */
  @Override
  public int getPhase() {
    return 0;
  }

  /** Says that this replica lives, and ends the epochs of peers that do not. */
  @Scheduled(fixedDelayString = "5s", initialDelayString = "5s")
  void heartbeat() {
    JournalWriter current = writer;
    if (current == null || current.isFenced()) {
      return;
    }
    try {
      if (!epochs.touch(settings.replicaId(), current.epoch())) {
        log.error("the heartbeat finds this replica's epoch over");
        current.fence();
        return;
      }
      int fenced = epochs.fenceSilent(settings.replicaId(), looks(settings.silence()));
      if (fenced > 0) {
        log.warn("{} silent replicas fenced", fenced);
      }
      live = epochs.live(settings.silence());
    } catch (DataAccessException | TransactionException e) {
      log.warn("no heartbeat: {}", e.toString());
    }
  }

  /** How many heartbeats of this replica a peer may miss. */
  private static int looks(Duration silence) {
    return Math.toIntExact(Math.ceilDiv(silence.toMillis(), HEARTBEAT.toMillis()));
  }

  /** Settles what dead replicas left open. Not with the heartbeat, for it can take a minute. */
  @Scheduled(fixedDelayString = "5s", initialDelayString = "5s")
  void settleOrphans() {
    JournalWriter current = writer;
    if (current == null || current.isFenced()) {
      return;
    }
    try {
      orphans.settleAny(current);
    } catch (DataAccessException | TransactionException | CompletionException e) {
      log.warn("what dead replicas left open could not be settled: {}", e.toString());
    }
  }

  @Scheduled(fixedRateString = "1h", initialDelayString = "1h")
  void ensurePartitions() {
    try (Connection connection = dataSource.getConnection()) {
      Partitions.ensure(connection, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    } catch (SQLException e) {
      if (writer == null) {
        throw new IllegalStateException("the journal's partitions cannot be made", e);
      }
      log.warn("partitions could not be made: {}", e.getMessage());
    }
  }

  /** Lets go of the journal's days that billing has had for 35 days. */
  @Scheduled(fixedRateString = "6h", initialDelayString = "10m")
  void dropOldDays() {
    try {
      int kept =
          database
              .sql("select drop_journal(?)")
              .param(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(KEPT_DAYS))
              .query(Integer.class)
              .single();
      overdueDays.set(kept);
      if (kept > 0) {
        log.error("{} days of the journal are older than 35 days and not all billed", kept);
      }
    } catch (DataAccessException e) {
      log.warn("old days of the journal could not be dropped: {}", e.getMessage());
    }
  }

  /** Days of the journal that are over 35 days old and cannot be dropped, at the last look. */
  public int overdueDays() {
    return overdueDays.get();
  }

  private void onFenced() {
    events.publishEvent(new JournalFenced());
  }

  private JournalWriter running() {
    return Objects.requireNonNull(writer, "the journal is not running");
  }
}
