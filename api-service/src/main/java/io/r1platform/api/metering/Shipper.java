package io.r1platform.api.metering;

import io.r1platform.api.billing.BillingClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends durable FINALs to billing, in order, at least once. Billing's answer says where each stream
 * stands; whatever this replica believed gives way to it.
 */
final class Shipper implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Shipper.class);
  private static final long IDLE_MILLIS = 1_000;
  private static final String ALL = "all streams";
  private static final long LIFE_SIGN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Epochs epochs;
  private final JdbcClient database;
  private final BillingClient billing;
  private final JsonMapper json;
  private final MeteringSettings settings;
  private final int epoch;
  private final Semaphore news = new Semaphore(0);
  private final Thread thread;
  private volatile boolean stopping;
  private volatile Set<String> failing = Set.of();
  private long lastPostNanos = System.nanoTime();

  /**
   * Consecutive FINALs of a stream.
   *
   * @param full whether more may wait behind them
   */
  private record Waiting(long firstSeq, List<UsageBatch.Item> records, boolean full) {}

  Shipper(
      Epochs epochs,
      JdbcClient database,
      BillingClient billing,
      JsonMapper json,
      MeteringSettings settings,
      int epoch) {
    this.epochs = epochs;
    this.database = database;
    this.billing = billing;
    this.json = json;
    this.settings = settings;
    this.epoch = epoch;
    this.thread = Thread.ofVirtual().name("shipper").unstarted(this);
  }

  void start() {
    thread.start();
  }

  /** Says that there may be something to ship. */
  void wake() {
    if (news.availablePermits() == 0) {
      news.release();
    }
  }

  /** Ends the shipping; what is left goes out after the next start. */
  void stop(long timeoutMillis) {
    stopping = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofMillis(timeoutMillis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        if (!shipAll()) {
          news.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS);
          news.drainPermits();
          Thread.sleep(settings.shipEvery());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many streams the last round could not ship. */
  int failingStreams() {
    return failing.size();
  }

  /** Ships a batch of each stream; one that fails does not hold up the others. True for more. */
  boolean shipAll() throws InterruptedException {
    boolean more = false;
    Set<String> failed = new HashSet<>();
    try {
      for (Epochs.Stream stream : epochs.unreported(settings.replicaId(), epoch)) {
        String name = stream.replicaId() + "." + stream.epoch();
        try {
          more |= ship(stream);
        } catch (IOException | RuntimeException e) { // the stream's root
          failed.add(name);
          warn(name, e);
        }
      }
    } catch (RuntimeException e) { // the thread's root
      failed.add(ALL);
      warn(ALL, e);
    }
    if (!failing.isEmpty() && failed.isEmpty()) {
      log.info("shipping to billing works again");
    }
    failing = Set.copyOf(failed);
    if (!failed.isEmpty() && !more && !stopping) {
      Thread.sleep(settings.shipRetry());
    }
    return more;
  }

  private void warn(String stream, Exception failure) {
    if (!failing.contains(stream) && !stopping) {
      log.warn("FINALs of {} cannot be shipped now, they wait in the journal", stream, failure);
    }
  }

  private boolean ship(Epochs.Stream stream) throws IOException, InterruptedException {
    long acked = stream.ackedSeq();
    Waiting waiting = waiting(stream);
    if (!waiting.records.isEmpty() || isTimeForALifeSign(stream)) {
      acked = post(stream, waiting);
      epochs.acked(stream, acked);
    }
    Long last = stream.lastSeq();
    if (last != null && acked >= last && stream.settled()) {
      close(stream, last);
    }
    return acked != stream.ackedSeq() && waiting.full;
  }

  /** Whether to say that this replica lives and has shipped all it has: every few seconds. */
  private boolean isTimeForALifeSign(Epochs.Stream stream) {
    return stream.lastSeq() == null && System.nanoTime() - lastPostNanos >= LIFE_SIGN_NANOS;
  }

  /**
   * What follows the last acknowledged FINAL. Where the database has lost one, what comes after it:
   * billing refuses that and shows the gap until an operator gives the lost numbers up.
   */
  private Waiting waiting(Epochs.Stream stream) {
    return database
        .sql(
            """
            select ship_seq, record, coalesce(leases[1], 0), coalesce(leases[2], 0),
              coalesce(leases[3], 0), coalesce(leases[4], 0), labels
            from (
              select ship_seq, record, leases, labels,
                sum(octet_length(labels)) over (order by ship_seq rows unbounded preceding)
                  as label_bytes
              from usage_journal
              where replica_id = :replica and epoch = :epoch and kind = 'F' and ship_seq > :acked
              order by ship_seq limit :rows) stretch
            where coalesce(label_bytes, 0) <= :most
            order by ship_seq
            """)
        .param("replica", stream.replicaId())
        .param("epoch", stream.epoch())
        .param("acked", stream.ackedSeq())
        .param("rows", settings.shipRows())
        .param("most", UsageBatch.MOST_LABEL_BYTES)
        .query((ResultSet rows) -> withoutGap(stream, rows));
  }

  private Waiting withoutGap(Epochs.Stream stream, ResultSet rows) throws SQLException {
    List<UsageBatch.Item> records = new ArrayList<>();
    long first = stream.ackedSeq() + 1;
    int labelBytes = 0;
    while (rows.next()) {
      long seq = rows.getLong(1);
      if (records.isEmpty() && seq != first) {
        log.error(
            "FINALs {} to {} of {} are missing: the database lost commits that it had acknowledged",
            first,
            seq - 1,
            stream);
        first = seq;
      }
      if (seq != first + records.size()) {
        break;
      }
      byte[] labels = Objects.requireNonNullElse(rows.getBytes(7), new byte[0]);
      labelBytes += labels.length;
      records.add(
          new UsageBatch.Item(
              rows.getBytes(2),
              rows.getLong(3),
              rows.getLong(4),
              rows.getLong(5),
              rows.getLong(6),
              labels));
    }
    boolean full =
        records.size() == settings.shipRows()
            || labelBytes > UsageBatch.MOST_LABEL_BYTES - Labels.MOST_BYTES;
    return new Waiting(first, records, full);
  }

  /** Returns the sequence number up to which billing has the stream. */
  private long post(Epochs.Stream stream, Waiting waiting)
      throws IOException, InterruptedException {
    lastPostNanos = System.nanoTime();
    long first = waiting.firstSeq;
    byte[] batch = UsageBatch.encode(stream.replicaId(), stream.epoch(), first, waiting.records);
    HttpResponse<byte[]> response =
        billing.post("/internal/v1/usage-batches", "application/octet-stream", batch);
    switch (response.statusCode()) {
      case 200 -> {
        JsonNode answer = json.readTree(response.body());
        warnOfUnposted(stream, answer.path("results"));
        return number(answer, "next_seq") - 1;
      }
      case 409 -> {
        JsonNode answer = json.readTree(response.body());
        if (answer.path("expected_seq").isMissingNode()) { // for instance, closed at another place
          throw new IOException("billing does not take " + stream + ": " + status(response));
        }
        long expected = number(answer, "expected_seq");
        if (expected != stream.ackedSeq() + 1) {
          log.warn("billing expects {} of {}, not {}: going there", expected, stream, first);
        }
        return expected - 1;
      }
      default -> throw new IOException("billing answered " + status(response));
    }
  }

  private void close(Epochs.Stream stream, long last) throws IOException, InterruptedException {
    Map<String, Object> body =
        Map.of(
            "source", "gateway",
            "replica", Long.toString(stream.replicaId()),
            "epoch", stream.epoch(),
            "last_seq", Long.toString(last));
    HttpResponse<byte[]> response =
        billing.post("/internal/v1/epochs/close", "application/json", json.writeValueAsBytes(body));
    switch (response.statusCode()) {
      case 200, 204 -> epochs.reported(stream);
      case 409 -> {
        JsonNode expected = json.readTree(response.body()).path("expected_seq");
        if (expected.isMissingNode()) {
          throw new IOException("billing does not close " + stream + ": " + status(response));
        }
        epochs.acked(stream, Long.parseLong(expected.asString()) - 1);
      }
      default -> throw new IOException("billing does not close an epoch: " + status(response));
    }
  }

  private static void warnOfUnposted(Epochs.Stream stream, JsonNode results) {
    long unposted =
        results
            .valueStream()
            .filter(result -> result.asString().equals("HELD") || result.asString().equals("LATE"))
            .count();
    if (unposted > 0) {
      log.error("billing holds {} FINALs of {} back", unposted, stream);
    }
  }

  private static long number(JsonNode answer, String field) throws IOException {
    JsonNode value = answer.path(field);
    if (!value.isString() && !value.isIntegralNumber()) {
      throw new IOException("billing's answer has no " + field);
    }
    return Long.parseLong(value.asString());
  }

  private static String status(HttpResponse<byte[]> response) {
    return response.statusCode()
        + " "
        + new String(
            response.body(),
            0,
            Math.min(300, response.body().length),
            java.nio.charset.StandardCharsets.UTF_8);
  }
}
