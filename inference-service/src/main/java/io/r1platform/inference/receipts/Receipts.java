package io.r1platform.inference.receipts;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.observability.EngineMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Takes receipts and makes them durable, then brings them to billing. Each process has its own
 * stream; at its start it ends those that processes of its name left, and ships what they wrote.
 */
@Component
public final class Receipts implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration WRITER_END = Duration.ofSeconds(10);
  private static final Duration SHIPPER_END = Duration.ofSeconds(5);
  private static final Duration MAKE_INTERVAL = Duration.ofHours(1);
  private static final Duration FIRST_DROP = Duration.ofMinutes(10);
  private static final Duration DROP_INTERVAL = Duration.ofHours(6);

  private final ReceiptSettings settings;
  private final ReceiptTable table;
  private final Instances instances;
  private final Clock clock;
  private final UUID instanceId = UUID.randomUUID();
  private final Shipper shipper;
  private final Writer writer;
  private final Thread writerThread;
  private final Thread shipperThread;
  private final ScheduledExecutorService partitions =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("r1-partitions").factory());
  private final ApplicationEventPublisher events;
  private final AtomicInteger overdue = new AtomicInteger();
  private final AtomicInteger overdueDays = new AtomicInteger();
  private volatile boolean running;

  Receipts(
      ReceiptSettings settings,
      ReceiptTable table,
      Instances instances,
      Billing billing,
      Clock clock,
      MeterRegistry meters,
      ApplicationEventPublisher events) {
    this.settings = settings;
    this.table = table;
    this.instances = instances;
    this.clock = clock;
    this.shipper = new Shipper(settings, table, instances, billing, instanceId);
    this.writer =
        new Writer(
            table, instanceId, settings.commitRows(), shipper::wake, shipper::fence, this::lost);
    this.writerThread = Thread.ofPlatform().name("r1-receipts").unstarted(writer);
    this.shipperThread = Thread.ofPlatform().name("r1-shipper").daemon().unstarted(this::ship);
    this.events = events;
    Gauge.builder(EngineMeter.RECEIPTS_UNSHIPPED.id(), this, Receipts::unshipped).register(meters);
    Gauge.builder(EngineMeter.RECEIPTS_DAYS_OVERDUE.id(), overdueDays, AtomicInteger::get)
        .register(meters);
  }

  /**
   * Checks that a receipt for this request could be written.
   *
   * @param eventId the request, a UUIDv7 of yesterday, today or tomorrow (UTC)
   * @throws ServiceException invalid_value for another id; metering_unavailable while nothing can
   *     be written
   */
  public void admit(UUID eventId) {
    LocalDate today = clock.instant().atOffset(ZoneOffset.UTC).toLocalDate();
    boolean ofNow =
        EventIds.isTimeOrdered(eventId)
            && !EventIds.bucket(eventId).isBefore(today.minusDays(1))
            && !EventIds.bucket(eventId).isAfter(today.plusDays(1));
    if (!ofNow) {
      throw ServiceException.invalidValue(
          "x-r1-request-id", "The request id must be a UUIDv7 minted now.");
    }
    if (!writer.healthy() || overdue.get() > 0) {
      throw ServiceException.retryable(
          ErrorCode.METERING_UNAVAILABLE,
          "Receipts cannot be written now. Nothing was charged; send the request again.",
          RETRY);
    }
  }

  /**
   * Takes a receipt. Never waits.
   *
   * @return completes when it is durable; exceptionally if it never will be
   */
  public CompletableFuture<Void> append(Receipt receipt) {
    return writer.add(receipt);
  }

  /**
   * Says that somebody waited in vain for a receipt. Nothing is admitted until it is written, for
   * the database may hang without an error.
   */
  public void overdue(CompletableFuture<Void> receipt) {
    overdue.incrementAndGet();
    var unused = receipt.whenComplete((_, _) -> overdue.decrementAndGet());
  }

  /** Whether another process of the same name has taken over; this one must end. */
  public boolean fenced() {
    return writer.fenced();
  }

  /** Receipts of this process that are durable but not known to be with billing. */
  long unshipped() {
    return Math.max(0, writer.lastSeq() - shipper.shippedSeq());
  }

  @Override
  public void start() {
    table.makePartitions();
    instances.begin(instanceId, settings.instanceName(), clock.instant());
    writerThread.start();
    shipperThread.start();
    repeat(this::makePartitions, MAKE_INTERVAL, MAKE_INTERVAL);
    repeat(this::dropOldDays, FIRST_DROP, DROP_INTERVAL);
    running = true;
  }

  private void repeat(Runnable task, Duration first, Duration interval) {
    var unused =
        partitions.scheduleAtFixedRate(
            task, first.toMinutes(), interval.toMinutes(), TimeUnit.MINUTES);
  }

  private void ship() {
    try {
      shipper.run();
    } catch (Throwable e) { // the thread's root
      lost(e);
    }
  }

  private void lost(Throwable cause) {
    events.publishEvent(new ReceiptsLost(cause));
  }

  private void makePartitions() {
    try {
      table.makePartitions();
    } catch (RuntimeException e) { // the task's root: after a failure it would never run again
      LOG.error("No new partitions; trying again in an hour", e);
    }
  }

  /** Lets go of the days that billing has had for long enough. */
  private void dropOldDays() {
    LocalDate first =
        clock.instant().atOffset(ZoneOffset.UTC).toLocalDate().minusDays(settings.keepDays());
    try {
      ReceiptTable.Dropped done = table.dropDays(first);
      overdueDays.set(done.kept());
      if (done.dropped() > 0) {
        LOG.info("Dropped {} days of receipts before {}", done.dropped(), first);
      }
      if (done.kept() > 0) {
        LOG.error("{} days of receipts before {} are not all with billing", done.kept(), first);
      }
    } catch (RuntimeException e) { // the task's root, as above
      LOG.warn("Old days of receipts could not be dropped; trying again in hours", e);
    }
  }

  /** Writes what waits, ends the stream, and ships the rest if billing answers soon. */
  @Override
  public void stop() {
    running = false;
    partitions.shutdownNow();
    writer.stop();
    try {
      writerThread.join(WRITER_END);
      endStream();
      shipper.stop();
      shipperThread.join(SHIPPER_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endStream() {
    try {
      instances.end(instanceId);
    } catch (DataAccessException e) {
      LOG.warn("The stream {} stays open; the next start ends it", instanceId, e);
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** First to start, last to stop: whatever generates needs it. */
  @Override
  public int getPhase() {
    return 0;
  }
}
