package io.r1platform.billing.exports;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes datasets as CSV into an answer, as they come, and remembers what was written whole. */
@Component
class Exports {
  private static final String SPEC = "r1-export-1";
  private static final int BUFFER = 1 << 16;

  /** Manifests are known as long as jobs are. */
  private static final Duration KNOWN = Duration.ofDays(90);

  /** What a reader checks a stream against. */
  record StreamManifest(
      String spec,
      String dataset,
      String format,
      List<String> columns,
      String rows,
      Map<String, String> sumPico,
      String sha256,
      String from,
      String to,
      @Nullable String organizationId,
      @Nullable String completeThrough,
      @Nullable LogCheckpoint checkpoint) {}

  private final Snapshots snapshots;
  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;
  private final MeterRegistry meters;
  private final ExportSettings settings;
  private final Semaphore slots;

  Exports(
      Snapshots snapshots,
      JdbcClient jdbc,
      JsonMapper json,
      Clock clock,
      MeterRegistry meters,
      ExportSettings settings) {
    this.snapshots = snapshots;
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
    this.meters = meters;
    this.settings = settings;
    this.slots = new Semaphore(settings.concurrent());
  }

  /**
   * Takes a slot for one export, to be given back by {@link #write}.
   *
   * @throws ServiceException {@code too_many_exports}
   */
  void reserve() {
    if (!slots.tryAcquire()) {
      throw ServiceException.tooManyExports(settings.concurrent());
    }
  }

  /** Writes a reserved export; its manifest exists once this returns. */
  void write(UUID run, Scope scope, OutputStream to) {
    try {
      StreamManifest manifest =
          snapshots.read(
              scope.dataset(),
              CopyQuery.forReaders(scope),
              (rows, beside) -> stream(scope, rows, beside, to));
      record(run, manifest);
      meters
          .counter(BillingMetric.EXPORTS.meterName(), "dataset", scope.dataset().name())
          .increment();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      slots.release();
    }
  }

  /** The manifest of an export that reached its end. */
  Optional<String> manifest(UUID run) {
    return jdbc.sql("select manifest::text from export_run where run_id = ?")
        .param(run)
        .query(String.class)
        .optional();
  }

  private static StreamManifest stream(
      Scope scope, Rows rows, Snapshots.Beside beside, OutputStream to) throws IOException {
    Instant through = beside.completeThrough();
    List<String> names = scope.columns().stream().map(Column::name).toList();
    var digest = new DigestOutputStream(to, Hashes.digest());
    var out = new BufferedOutputStream(digest, BUFFER);
    var totals = Totals.of(scope);
    out.write((String.join(",", names) + "\n").getBytes(StandardCharsets.UTF_8));
    while (rows.hasNext()) {
      byte[] row = rows.next();
      totals.add(row);
      out.write(row);
    }
    out.flush();
    return new StreamManifest(
        SPEC,
        scope.dataset().name(),
        "csv",
        names,
        Long.toString(totals.rows()),
        totals.pico(),
        HexFormat.of().formatHex(digest.getMessageDigest().digest()),
        day(scope.from()),
        day(scope.to()),
        scope.organizationId() == null ? null : scope.organizationId().toString(),
        through == null ? null : through.toString(),
        LogCheckpoint.of(beside.checkpoint()));
  }

  private void record(UUID run, StreamManifest manifest) {
    Instant now = clock.instant();
    jdbc.sql(
            """
            insert into export_run (run_id, dataset, manifest, completed_at)
            values (?, ?, cast(? as jsonb), ?)
            """)
        .param(run)
        .param(manifest.dataset)
        .param(json.writeValueAsString(manifest))
        .param(now.atOffset(ZoneOffset.UTC))
        .update();
    jdbc.sql("delete from export_run where completed_at < ?")
        .param(now.minus(KNOWN).atOffset(ZoneOffset.UTC))
        .update();
  }

  private static String day(Instant midnight) {
    return LocalDate.ofInstant(midnight, ZoneOffset.UTC).toString();
  }
}
