package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many records a second go through the child into Parquet files, against PostgreSQL's own COPY
 * TO of the same rows, before and after, and what a tenth of them and all take of memory. No test
 * of a build: {@code ./r1 bench export}.
 */
class ExportBench {
  private static final long MIB = 1 << 20;
  private static final int ROWS_AT_ONCE = 1_000_000;
  private static final int MOST_OF_FOCUS = 1_000_000;

  /** What a tenth of few rows has less than ten times as many. */
  private static final long SPARE_MIB = 128;

  private static final double MOST_GROWTH = 8; // as the square it were 16
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  @TempDir private Path directory;
  private final BillingFixture billing =
      new BillingFixture(); // made-up rows break the law: left open

  /**
   * An export.
   *
   * @param heapMib the heap's peak, of at most what the JVM is given
   * @param residentMib what the service's JVM had of memory at most; 0: the system does not say
   * @param childMib the same of the children
   */
  private record Run(
      Manifest manifest,
      List<Part> parts,
      double seconds,
      long heapMib,
      long residentMib,
      long childMib) {}

  @Test
  void measure() throws IOException {
    int rows = Integer.getInteger("r1.bench.rows", 1_000_000);
    LocalDate day = LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
    load(day, rows);
    Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Scope scope = scope(from, Duration.ofDays(1));
    copy(scope); // what is cached is cached for both
    Run tenth = export(scope(from, Duration.ofDays(1).dividedBy(10)));
    say("exported " + tenth.manifest.rows() + ", a tenth");
    double before = copy(scope);
    say("copied all");
    Run all = export(scope);
    say("exported all");
    double parquet = rows / all.seconds;
    double copy = (before + copy(scope)) / 2;
    assertThat(all.manifest.rows()).isEqualTo(Integer.toString(rows));
    assertThat(all.manifest.sumPico().get("USD"))
        .isEqualTo(billing.sum("amount_pico", "usage_record").toString());
    assertThat(all.heapMib).as("constant memory").isLessThan(2 * tenth.heapMib + SPARE_MIB);
    assertThat(all.residentMib).isLessThan(2 * tenth.residentMib + SPARE_MIB);
    assertThat(all.childMib).isLessThan(2 * tenth.childMib + SPARE_MIB);
    Figures.write(
        "export",
        String.format(
            Locale.ROOT,
            "rows=%d copy_rows_per_second=%.0f parquet_rows_per_second=%.0f ratio=%.2f"
                + " peak_heap_mib=%d peak_rss_mib=%d child_peak_mib=%d parts=%d bytes_per_row=%.1f"
                + " tenth_rows=%s tenth_peak_heap_mib=%d tenth_peak_rss_mib=%d"
                + " tenth_child_peak_mib=%d %s",
            rows,
            copy,
            parquet,
            parquet / copy,
            all.heapMib,
            all.residentMib,
            all.childMib,
            all.parts.size(),
            all.parts.stream().mapToLong(Part::bytes).sum() / (double) rows,
            tenth.manifest.rows(),
            tenth.heapMib,
            tenth.residentMib,
            tenth.childMib,
            focus(Math.min(rows, MOST_OF_FOCUS))));
  }

  private Scope scope(Instant from, Duration length) {
    return Scope.of(
        billing.bean(Datasets.class).named("usage_records"), from, from.plus(length), null);
  }

  private Run export(Scope scope) throws IOException {
    resetPeaks();
    List<Part> parts = new ArrayList<>();
    long begun = System.nanoTime();
    Manifest manifest =
        billing
            .bean(ExportWriter.class)
            .write(
                scope,
                FileFormat.PARQUET,
                new FolderTarget(directory),
                new ExportWriter.Progress() {
                  @Override
                  public void done(Part part) {
                    parts.add(part);
                  }
                });
    return new Run(
        manifest,
        parts,
        (System.nanoTime() - begun) / 1e9,
        heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum() / MIB,
        residentMib(),
        parts.stream().mapToLong(Part::childPeakKib).max().orElse(0) / 1024);
  }

  /**
   * A month of so many records of 900 keys as FOCUS's Cost and Usage, and a quarter of them before:
   * four times the records should take four times as long.
   */
  private String focus(int records) throws IOException {
    YearMonth month = YearMonth.of(2025, 1);
    loadHours(month, records / 4);
    double quarter = focusSeconds(month);
    say("a quarter of " + records + " records in FOCUS");
    loadHours(month.plusMonths(6), records); // months in between: each looks two back
    long begun = System.nanoTime();
    long rows = rows(focusScope(month.plusMonths(6)));
    double whole = (System.nanoTime() - begun) / 1e9;
    double growth = whole / quarter;
    assertThat(growth).as("of seconds, where records grow fourfold").isLessThan(MOST_GROWTH);
    return String.format(
        Locale.ROOT,
        "focus_records=%d focus_rows=%d focus_seconds=%.1f focus_rows_per_second=%.0f"
            + " focus_growth=%.1f",
        records,
        rows,
        whole,
        rows / whole,
        growth);
  }

  private double focusSeconds(YearMonth month) throws IOException {
    long begun = System.nanoTime();
    rows(focusScope(month));
    return (System.nanoTime() - begun) / 1e9;
  }

  private Scope focusScope(YearMonth month) {
    return Scope.of(
        billing.bean(Datasets.class).named("focus_cost_and_usage"),
        month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
        month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
        null);
  }

  /** Hours of a month, as if so many records had come, spread over keys and hours. */
  private void loadHours(YearMonth month, int records) {
    billing
        .database()
        .execute(
            """
            insert into billing.usage_hourly (tenant_id, hour, project_id, api_key_id, model_id,
              version_id, win, batch, requests, tok_hit, tok_miss, tok_reason, tok_answer,
              waived_in, waived_out, amount)
            select 1 + g %% 100, timestamptz '%1$s 00:00Z' + (g / 900 %% 672) * interval '1 hour',
              10 + g %% 300, 100 + g %% 900, 1, 1, 0, false, count(*), sum(g %% 3000),
              sum(g %% 700), sum(g %% 5000), sum(g %% 1300), 0, 0,
              sum(g %% 3000 * 140000 + g %% 700 * 550000 + (g %% 5000 + g %% 1300) * 2190000)
            from generate_series(1::bigint, %2$d) g
            group by 1, 2, 3, 4
            """
                .formatted(month.atDay(1), records));
    billing.database().execute("vacuum analyze billing.usage_hourly");
  }

  /** Rows a second of PostgreSQL's COPY of the dataset's own query, which go nowhere. */
  private double copy(Scope scope) throws IOException {
    long begun = System.nanoTime();
    return rows(scope) / ((System.nanoTime() - begun) / 1e9);
  }

  private long rows(Scope scope) throws IOException {
    return billing
        .bean(Snapshots.class)
        .read(
            scope.dataset(),
            CopyQuery.plain(scope),
            (found, through) -> {
              long count = 0;
              while (found.hasNext()) {
                found.next();
                count++;
              }
              return count;
            });
  }

  /**
   * Records of that day whose ids rise with time, as a gateway's do, of 100 organizations. The
   * day's table has its indexes when it is full.
   */
  private void load(LocalDate day, int rows) {
    String table = "billing.usage_record_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
    billing
        .database()
        .execute(
            """
            drop table %1$s;
            create table %1$s (like billing.usage_record including constraints)
            """
                .formatted(table));
    for (int from = 1; from <= rows; from += ROWS_AT_ONCE) {
      int to = Math.min(rows, from + ROWS_AT_ONCE - 1);
      billing.database().execute(made(table, day, from, to, rows));
      say("made " + to + " of " + rows + " records");
    }
    billing
        .database()
        .execute(
            """
            set maintenance_work_mem = '256MB';
            alter table billing.usage_record attach partition %s for values from ('%s') to ('%s')
            """
                .formatted(table, day, day.plusDays(1)));
    billing.database().execute("vacuum analyze " + table);
    say("indexed them");
  }

  private static String made(String table, LocalDate day, int from, int to, int rows) {
    return """
        insert into %1$s
        select date '%2$s', (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(g %% 4096), 3, '0')
            || '8' || lpad(to_hex(hashint8(g)::bigint & 4294967295), 8, '0')
            || lpad(to_hex(g), 7, '0'))::uuid,
          1 + g %% 3, 1, 2, 1 + g %% 100, 10 + g %% 300, 100 + g %% 900,
          timestamptz 'epoch' + ms * interval '1 millisecond',
          timestamptz 'epoch' + (ms + 1000 + g %% 9000) * interval '1 millisecond',
          g %% 3000, g %% 700, g %% 5000, g %% 1300, 0, 0, 90 + g %% 400, 0, 1,
          g %% 3000 * 140000 + g %% 700 * 550000 + (g %% 5000 + g %% 1300) * 2190000,
          decode(md5(g::text), 'hex'), sha256(int8send(g)), sha256(int8send(-g)),
          gen_random_uuid()
        from (select g::bigint, (extract(epoch from timestamptz '%2$s 00:00Z') * 1000)::bigint
            + g::bigint * 86400000 / (%5$d + 1) as ms
          from generate_series(%3$d, %4$d) g) made
        """
        .formatted(table, day, from, to, rows);
  }

  private static void resetPeaks() throws IOException {
    System.gc();
    heap().forEach(MemoryPoolMXBean::resetPeakUsage);
    if (Files.isWritable(CLEAR)) {
      Files.writeString(CLEAR, "5"); // Linux: the peak begins anew
    }
  }

  private static long residentMib() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .findFirst()
              .orElse(0)
          / 1024;
    }
  }

  /** A line that {@code ./r1 bench export} passes on as it comes. */
  private static void say(String done) {
    System.out.println("export: " + done);
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }
}
