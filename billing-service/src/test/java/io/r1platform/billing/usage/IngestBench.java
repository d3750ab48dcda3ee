package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.testing.Figures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How many records a second the whole transaction takes, against a plain COPY of the same rows into
 * the same indexed table, on a PostgreSQL that syncs. No test of a build: {@code ./r1 bench
 * ingest}.
 */
class IngestBench {
  private static final int STREAMS = Integer.getInteger("r1.bench.streams", 3);
  private static final int WARM_UP_REPLICA = 100;
  private static final long WARM_UP_SECONDS = 8;

  /** The nanoseconds of each batch of each stream. */
  private record Run(List<List<Long>> streams, double seconds) {
    int batches() {
      return streams.stream().mapToInt(List::size).sum();
    }

    /** Milliseconds that a share of the batches was not slower than. */
    double millis(double share) {
      List<Long> sorted = streams.stream().flatMap(List::stream).sorted().toList();
      return sorted.get((int) (share * (sorted.size() - 1))) / 1e6;
    }
  }

  /** One batch; false when there is none left. */
  private interface Work {
    boolean batch(int replica, int number) throws IOException;
  }

  private final BillingFixture billing = new BillingFixture(BenchMoney.SETTING);
  private final UsageIntake intake = billing.bean(UsageIntake.class);
  private final Traffic traffic =
      new Traffic(
          billing.priceSha256(),
          billing.clock().instant().minus(Duration.ofMinutes(10)),
          Integer.getInteger("r1.bench.batch", 2_000));

  @Test
  void measure() throws IOException, InterruptedException, ExecutionException {
    assertThat(setting("fsync")).isEqualTo("on");
    assertThat(setting("synchronous_commit")).isEqualTo("on");
    var baseline = new CopyBaseline(billing);
    var money = new BenchMoney(billing);
    for (int stream = 0; stream < STREAMS; stream++) {
      traffic.lease(1 + stream, money.leases(1 + stream));
      traffic.lease(WARM_UP_REPLICA + stream, money.leases(WARM_UP_REPLICA + stream));
    }
    timed(WARM_UP_REPLICA, WARM_UP_SECONDS, this::take);
    timed(WARM_UP_REPLICA, WARM_UP_SECONDS / 4, (r, n) -> baseline.copy(read(r, n)));
    String warmUp = totals();

    var waits = new Waits(JdbcClient.create(billing.database().superuser()));
    Run ingest;
    try (waits) {
      ingest = timed(1, Integer.getInteger("r1.bench.seconds", 60), this::take);
    }
    assertThat(totals()).isNotEqualTo(warmUp);
    Run copy =
        drive(1, (r, n) -> n < ingest.streams.get(r - 1).size() && baseline.copy(read(r, n)));
    assertThat(copy.batches()).isEqualTo(ingest.batches());

    String before = totals();
    drive(1, (r, n) -> n < ingest.streams.get(r - 1).size() && take(r, n));
    drive(
        1 + STREAMS,
        (r, n) ->
            n < ingest.streams.get(r - STREAMS - 1).size()
                && take(traffic.batch(r - STREAMS, n), r));
    assertThat(totals()).isEqualTo(before);
    assertThat(billing.lawBroken()).isEmpty();
    assertThat(billing.sum("spent", "lease"))
        .as("all came from leases, of two scopes")
        .isEqualTo(billing.sum("2 * amount_pico", "usage_record"));
    report(ingest, copy, waits);
  }

  private void report(Run ingest, Run copy, Waits waits) {
    double events = (double) ingest.batches() * traffic.size();
    double rate = events / ingest.seconds;
    double copyRate = events / copy.seconds;
    Figures.write(
        "ingest",
        String.format(
            Locale.ROOT,
            "events_per_s=%.0f copy_per_s=%.0f ratio=%.2f p50_ms=%.0f p99_ms=%.0f"
                + " replayed_change=0 seconds=%.0f streams=%d batch=%d waits_percent=%s",
            rate,
            copyRate,
            rate / copyRate,
            ingest.millis(0.5),
            ingest.millis(0.99),
            ingest.seconds,
            STREAMS,
            traffic.size(),
            waits.shares()));
  }

  private boolean take(int replica, int number) throws IOException {
    return take(traffic.batch(replica, number), replica);
  }

  private boolean take(byte[] bytes, int replica) throws IOException {
    bytes[15] = (byte) replica; // the stream's number; the hash covers the items only
    intake.take(UsageBatch.read(new ByteArrayInputStream(bytes)));
    return true;
  }

  private UsageBatch read(int replica, int number) throws IOException {
    return UsageBatch.read(new ByteArrayInputStream(traffic.batch(replica, number)));
  }

  private Run timed(int firstReplica, long seconds, Work work)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    return drive(firstReplica, (r, n) -> System.nanoTime() < end && work.batch(r, n));
  }

  private Run drive(int firstReplica, Work work) throws InterruptedException, ExecutionException {
    var tasks = new ArrayList<Future<List<Long>>>();
    long begun = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(STREAMS)) {
      for (int stream = 0; stream < STREAMS; stream++) {
        int replica = firstReplica + stream;
        tasks.add(threads.submit(() -> drive(work, replica)));
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    var streams = new ArrayList<List<Long>>();
    for (Future<List<Long>> task : tasks) {
      streams.add(task.get());
    }
    return new Run(streams, seconds);
  }

  private static List<Long> drive(Work work, int replica) throws IOException {
    var nanos = new ArrayList<Long>();
    long begun = System.nanoTime();
    while (work.batch(replica, nanos.size())) {
      long now = System.nanoTime();
      nanos.add(now - begun);
      begun = now;
    }
    return nanos;
  }

  /** Everything that a replay could change. */
  private String totals() {
    return "%s %s %s %s %s %s %s %s %s"
        .formatted(
            billing.sum("1", "usage_record"),
            billing.sum("amount_pico", "usage_record"),
            billing.sum("amount", "usage_hourly"),
            billing.sum("abs(amount)", "entry"),
            billing.sum("abs(amount)", "account_day"),
            billing.sum("spent", "lease"),
            billing.sum("spent", "budget_period"),
            billing.sum("amount", "credit_draw"),
            billing.sum("1", "usage_held"));
  }

  private String setting(String name) {
    return billing.sql().sql("show " + name).query(String.class).single();
  }
}
