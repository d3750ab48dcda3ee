package io.r1platform.billing.bundles;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.invoices.Closing;
import io.r1platform.billing.names.Naming;
import io.r1platform.billing.receipts.Sequencing;
import io.r1platform.billing.receipts.Verifier;
import io.r1platform.billing.retention.RetentionAccess;
import io.r1platform.billing.usage.InvoiceTraffic;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.MonthStatement;
import io.r1platform.receipts.UsageRecord;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Finalized months become bundles that a tenant's program takes, or it is said what is missing. */
@ExtendWith(OutputCaptureExtension.class)
class BundlesIT {
  private static final Random RANDOM = new Random(58);

  @TempDir private static Path directory;
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static Closing closing;
  private static Instant now;
  private static YearMonth month;
  private static long last = 8_000;

  private final long organization = ++last;

  @BeforeAll
  static void start() throws IOException {
    Path key =
        Files.writeString(
            directory.resolve("key"),
            Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]));
    billing =
        new BillingFixture(
            "--r1.billing.log.key-file=" + key,
            "--r1.billing.log.origin=bundles.test/log",
            "--r1.billing.log.folder=" + directory.resolve("log"),
            "--r1.billing.retention.directory=" + directory.resolve("old"));
    traffic = new InvoiceTraffic(billing, RANDOM);
    closing = new Closing(billing);
    now = billing.clock().instant();
    month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @BeforeEach
  void theMonthRuns() {
    billing.clock().set(now);
  }

  @Test
  void aFinalizedMonthIsABundleThatItsOrganizationVerifies() throws IOException {
    for (int i = 0; i < 40; i++) {
      traffic.chargeAny(organization, now.plusMillis(i));
      traffic.chargeAny(++last, now.plusMillis(i)); // others stand between
    }
    Sequencing.sequence(billing);
    Naming.project(billing, organization, organization * 10, "이름 <b>, 'y'");
    JsonNode draft = closing.draft(organization, month);
    assertThat(missing(draft)).isEqualTo("DRAFT");
    end(month);
    JsonNode invoice = closing.finalizeMonth(organization, month);
    make();
    Path bundle = bundle(invoice);
    assertThat(Verifier.verify(bundle, "--key", keys()))
        .contains("ok invoice: " + invoice.path("net_pico").asString() + " pico of usage")
        .contains(
            "bill verified organization=%d month=%s records=40 pico=%s"
                .formatted(organization, month, invoice.path("net_pico").asString()));
    assertThat(invoice.path("usage_root").asString()).isEqualTo(statement(bundle).root().hex());
    assertThat(Verifier.verify(bundle)).contains("ok invoice: its usage_root is of these records");
    make();
    assertThat(bundle(invoice)).hasSameBinaryContentAs(bundle);
    String id = invoice.path("invoice_id").asString();
    String path = "/internal/v1/organizations/%d/invoices/" + id + "/bundle";
    assertThat(billing.get(path.formatted(organization)).status()).isEqualTo(200);
    assertThat(billing.get(path.formatted(organization + 1)).status()).isEqualTo(404);
    assertThat(billing.get("/internal/v1/invoices/999999/bundle").status()).isEqualTo(404);
    JsonNode sent = billing.get(path.replaceAll("/\\d+/.*", "").formatted(organization)).json();
    assertThat(sent.at("/invoices/0/bundle").asBoolean(false)).isTrue();
  }

  @Test
  void whatCameLateIsInTheNextBundleAndNothingInBoth() throws IOException {
    traffic.charge(organization, now, 0, 10, 20, 30);
    traffic.charge(organization, now.plusMillis(1), 1, 2, 3, 4);
    Sequencing.sequence(billing);
    end(month);
    Path first = made(closing.finalizeMonth(organization, month));
    traffic.charge(organization, now.plusMillis(2), 0, 7, 7, 7);
    traffic.chargeAny(organization, start(month.plusMonths(1)).plus(Duration.ofHours(20)));
    Sequencing.sequence(billing);
    make(); // nothing becomes of the first one again
    YearMonth next = month.plusMonths(1);
    end(next);
    Path second = made(closing.finalizeMonth(organization, next));
    assertThat(Verifier.verify(first, "--key", keys())).contains("records=2 ");
    assertThat(Verifier.verify(second, "--key", keys(), "--previous", first))
        .contains("ok previous: %s ended where this bundle starts".formatted(month))
        .contains("ok late: 1 of them admitted in earlier months")
        .contains("records=2 ");
  }

  @Test
  void heldRecordsAndEarlierMonthsComeFirst(CapturedOutput log) throws IOException {
    traffic.charge(organization, now, 0, 10, 20, 30);
    UUID held = hold();
    Sequencing.sequence(billing);
    end(month);
    JsonNode invoice = closing.finalizeMonth(organization, month);
    YearMonth next = month.plusMonths(1);
    traffic.chargeAny(organization, start(next).plus(Duration.ofHours(20)));
    Sequencing.sequence(billing);
    end(next);
    JsonNode second = closing.finalizeMonth(organization, next);
    make();
    assertThat(missing(invoice)).isEqualTo("HELD");
    make();
    assertThat(log)
        .as("once, not with each run")
        .containsOnlyOnce("Invoice " + invoice.path("number").asString() + " has no bundle yet");
    String proof =
        "/internal/v1/organizations/%d/projects/%d/receipts/%s/proof"
            .formatted(organization, 1, held);
    assertThat(billing.get(proof).status()).isEqualTo(409);
    assertThat(billing.get(proof).text("state")).isEqualTo("HELD");
    assertThat(billing.get(proof).text("detail")).contains("(UNKNOWN_PRICE)");
    String others = proof.replace("/projects/1/", "/projects/2/");
    assertThat(billing.get(others).status()).isEqualTo(404);
    assertThat(missing(second)).isEqualTo("EARLIER");
    billing
        .sql()
        .sql(
            """
            update usage_held set resolved = 'REJECTED', resolved_by = 'ada', resolved_why = 'no',
              resolved_at = now() where event_id = ?
            """)
        .param(held)
        .update();
    assertThat(billing.get(proof).text("state")).isEqualTo("REJECTED");
    assertThat(Verifier.verify(made(invoice))).contains("records=1 ");
    assertThat(Verifier.verify(made(second))).contains("records=1 ");
  }

  @Test
  void aMonthThatLeftForFilesIsRefused() {
    Instant old = now.minus(Duration.ofDays(62)).truncatedTo(ChronoUnit.DAYS);
    YearMonth then = YearMonth.from(old.atOffset(ZoneOffset.UTC));
    billing.clock().set(old.plus(Duration.ofHours(13)));
    billing
        .sql()
        .sql("select make_usage_partitions(?::date)")
        .param(old.atOffset(ZoneOffset.UTC).toLocalDate())
        .query((row, n) -> true)
        .single();
    traffic.charge(organization, old.plus(Duration.ofHours(12)), 0, 10, 20, 30);
    Sequencing.sequence(billing);
    billing.clock().set(now);
    assertThat(RetentionAccess.retire(billing)).isZero();
    JsonNode invoice = closing.finalizeMonth(organization, then);
    make();
    assertThat(missing(invoice)).isEqualTo("RETIRED");
    assertThat(invoice.path("net_pico").asString()).isNotEqualTo("0");
    assertSaysNothingOfItsRecords(invoice);
    assertThat(billing.bean(BundleTable.class).waiting())
        .as("it is not looked at again")
        .noneMatch(billed -> billed.organization() == organization);
  }

  @Test
  void whereOneFailsTheOthersAreMadeAndItIsToldAndTriedAgain() throws Exception {
    OverdueBundles watch = billing.bean(OverdueBundles.class);
    traffic.charge(organization, now, 0, 10, 20, 30);
    long other = ++last;
    traffic.charge(other, now, 0, 10, 20, 30);
    Sequencing.sequence(billing);
    end(month);
    JsonNode bad = closing.finalizeMonth(organization, month);
    JsonNode good = closing.finalizeMonth(other, month);
    double failures = failures();
    customer(bad, "jsonb_build_array(customer)");
    make();
    assertThat(missing(bad)).isEqualTo("FAILED");
    assertThat(failures()).isEqualTo(failures + 1);
    assertThat(bundle(good)).isNotEmptyFile();
    watch.look();
    double before = overdue();
    billing.clock().advance(Duration.ofHours(25));
    watch.look();
    double after = overdue();
    assertThat(after).isGreaterThan(before);
    customer(bad, "customer -> 0");
    assertThat(made(bad)).isNotEmptyFile();
    watch.look();
    assertThat(overdue()).isEqualTo(after - 1);
  }

  @Test
  void withoutAKeyNothingIsTriedAndThatIsSaid() {
    traffic.charge(organization, now, 0, 10, 20, 30);
    end(month);
    JsonNode invoice = closing.finalizeMonth(organization, month);
    try (var keyless = BillingFixture.onTheTimeOf(billing.database())) {
      keyless.bean(BundleMaker.class).run();
      assertThat(keyless.get(path(invoice)).text("reason")).isEqualTo("KEY");
      long id = Long.parseLong(invoice.path("invoice_id").asString());
      assertThat(keyless.bean(BundleTable.class).missing(id)).isEmpty();
    }
  }

  /** Sets the copy of whom it bills, which is no JSON object any more or is one again. */
  private static void customer(JsonNode invoice, String json) throws SQLException {
    owner("alter table invoice disable trigger user");
    owner(
        "update invoice set customer = %s where invoice_id = %s"
            .formatted(json, invoice.path("invoice_id").asString()));
    owner("alter table invoice enable trigger user");
  }

  private static double failures() {
    return billing
        .bean(MeterRegistry.class)
        .get("r1.billing.bundles")
        .tag("result", "FAILED")
        .counter()
        .count();
  }

  private static double overdue() {
    return billing.bean(MeterRegistry.class).get("r1.billing.bundles.overdue").gauge().value();
  }

  /** The tokens are the same; only the root tells. */
  @Test
  void whatTheInvoiceDidNotNameIsRefusedBeforeTheLogIsTold() throws Exception {
    traffic.charge(organization, now, 0, 10, 20, 30);
    Sequencing.sequence(billing);
    end(month);
    JsonNode invoice = closing.finalizeMonth(organization, month);
    assertThat(invoice.path("usage_root").asString()).hasSize(64);
    firstToken(1);
    make();
    assertThat(missing(invoice)).isEqualTo("CHANGED");
    assertThat(billing.sum("1", "log_month where tenant_id = " + organization)).isZero();
    firstToken(-1);
    billing.clock().advance(Duration.ofHours(25));
    assertThat(Verifier.verify(made(invoice))).contains("records=1 ");
  }

  /** Changes when the first token came. */
  private void firstToken(int millis) throws SQLException {
    owner("alter table usage_record disable trigger user");
    owner(
        "update usage_record set ttft_ms = ttft_ms + %d where tenant_id = %d"
            .formatted(millis, organization));
    owner("alter table usage_record enable trigger user");
  }

  private static void owner(String sql) throws SQLException {
    try (Connection owner = billing.database().dataSource("r1_billing_owner").getConnection();
        Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The log is behind, and the next invoice bills what came late for this one. */
  @Test
  void anInvoiceSaysNothingOfItsRecordsWhileOneIsNotLogged() throws Exception {
    traffic.charge(organization, now, 0, 10, 20, 30);
    Sequencing.sequence(billing);
    end(month);
    JsonNode first = closing.finalizeMonth(organization, month);
    YearMonth next = month.plusMonths(1);
    traffic.chargeAny(organization, start(next).plus(Duration.ofHours(20)));
    Sequencing.sequence(billing);
    end(next);
    JsonNode second;
    try (Connection log = billing.database().dataSource("r1_billing_owner").getConnection();
        Statement statement = log.createStatement()) {
      log.setAutoCommit(false);
      statement.execute("select from log_head for update"); // nothing gets a place meanwhile
      traffic.charge(organization, now.plusMillis(2), 0, 7, 7, 7);
      second = closing.finalizeMonth(organization, next);
      log.rollback();
    }
    assertSaysNothingOfItsRecords(second);
    Sequencing.sequence(billing);
    assertThat(Verifier.verify(made(first))).contains("records=1 ");
    assertThat(Verifier.verify(bundle(second))).contains("records=2 ");
  }

  /** What the void one billed is on an invoice that comes after the next month's. */
  @Test
  void theInvoiceBeforeStaysTheOneBeforeWhenItIsMadeVoid() throws IOException {
    traffic.charge(organization, now, 0, 10, 20, 30);
    Sequencing.sequence(billing);
    end(month);
    JsonNode first = closing.finalizeMonth(organization, month);
    YearMonth next = month.plusMonths(1);
    traffic.chargeAny(organization, start(next).plus(Duration.ofHours(20)));
    Sequencing.sequence(billing);
    end(next);
    JsonNode second = closing.finalizeMonth(organization, next);
    closing.order("/internal/v1/invoices/" + first.path("invoice_id").asString() + "/void", "");
    YearMonth last = next.plusMonths(1);
    traffic.chargeAny(organization, start(last).plus(Duration.ofHours(20)));
    Sequencing.sequence(billing);
    end(last);
    JsonNode third = closing.finalizeMonth(organization, last);
    assertSaysNothingOfItsRecords(third);
    assertThat(Verifier.verify(made(second))).contains("records=1 ");
    assertThat(missing(third)).isEqualTo("LINES");
  }

  private static void assertSaysNothingOfItsRecords(JsonNode invoice) {
    assertThat(invoice.path("status").asString()).isEqualTo("finalized");
    assertThat(invoice.path("checkpoint_size").isNull()).as(invoice.toString()).isTrue();
    assertThat(invoice.path("usage_root").isNull()).as(invoice.toString()).isTrue();
  }

  private static Instant start(YearMonth of) {
    return of.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  private static void end(YearMonth of) {
    billing.clock().set(start(of.plusMonths(1)).plus(Duration.ofHours(25)));
  }

  private static void make() {
    billing.bean(BundleMaker.class).run();
  }

  private static String path(JsonNode invoice) {
    return "/internal/v1/invoices/" + invoice.path("invoice_id").asString() + "/bundle";
  }

  private static String missing(JsonNode invoice) {
    Answer answer = billing.get(path(invoice));
    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    assertThat(answer.text("code")).isEqualTo("bundle_missing");
    assertThat(answer.text("detail")).isNotBlank();
    return answer.text("reason");
  }

  private static Path made(JsonNode invoice) throws IOException {
    make();
    return bundle(invoice);
  }

  private static Path bundle(JsonNode invoice) throws IOException {
    try {
      HttpResponse<byte[]> answer =
          HttpClient.newHttpClient()
              .send(
                  billing.request(path(invoice), BillingFixture.GATEWAY).build(),
                  BodyHandlers.ofByteArray());
      assertThat(answer.statusCode())
          .as(new String(answer.body(), StandardCharsets.UTF_8))
          .isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type")).contains("application/zip");
      assertThat(answer.headers().firstValue("content-disposition").orElseThrow())
          .contains(invoice.path("number").asString() + ".zip");
      Path file = directory.resolve(UUID.randomUUID() + ".zip");
      return Files.write(file, answer.body());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theFolderOfTheLogAloneProvesABundlesLog() throws IOException {
    Path folder = directory.resolve("log");
    for (int i = 0; i < 300; i++) { // more than a tile
      traffic.chargeAny(organization, now.plusMillis(i));
    }
    Sequencing.sequence(billing);
    Sequencing.publish(billing, folder);
    end(month);
    JsonNode invoice = closing.finalizeMonth(organization, month);
    make();
    Path bundle = bundle(invoice);
    Sequencing.publish(billing, folder);
    Path keys = folder.resolve("keys");
    assertThat(Verifier.verify(bundle, "--key", keys, "--log", folder))
        .contains("begins with the bundle's")
        .contains("bill verified");
    assertThat(folder.resolve("tile/0/000")).hasSize(256 * Hash.BYTES);
    assertThat(folder.resolve("tile/0/000.p")).doesNotExist();

    Files.delete(folder.resolve("checkpoint")); // as if it had died at its first time
    Sequencing.publish(billing, folder);
    assertThat(Verifier.verify(bundle, "--log", folder)).contains("bill verified");

    Path tile = folder.resolve("tile/0/000");
    byte[] hashes = Files.readAllBytes(tile);
    hashes[7] ^= 1;
    Files.write(tile, hashes);
    assertThat(Verifier.verify(bundle, "--log", folder))
        .contains("REJECTED: tile 0/000 of the published log has another root");
    Files.write(tile, Arrays.copyOf(hashes, 32));
    assertThat(Verifier.verify(bundle, "--log", folder)).contains("REJECTED: tile 0/000 of");
    Sequencing.assertLeavesOtherLogsAlone(billing, folder);
    Sequencing.publish(billing, folder);
    assertThat(Verifier.verify(bundle, "--log", folder)).contains("bill verified");
  }

  private static Path keys() throws IOException {
    return Files.writeString(
        directory.resolve("keys"), billing.get("/internal/v1/log/keys").body());
  }

  private static MonthStatement statement(Path bundle) throws IOException {
    try (var zip = new ZipFile(bundle.toFile())) {
      byte[] text = zip.getInputStream(zip.getEntry("statement")).readAllBytes();
      return MonthStatement.parse(new String(text, StandardCharsets.UTF_8), "statement");
    }
  }

  /** Holds a record of the organization that nobody has decided on. */
  private UUID hold() {
    UUID id =
        new UUID((now.toEpochMilli() << 16) | 0x7000, RANDOM.nextLong() >>> 2 | Long.MIN_VALUE);
    byte[] record =
        new UsageRecord(
                1,
                0,
                2,
                id,
                organization,
                1,
                1,
                0,
                0,
                0,
                1,
                1,
                1,
                0,
                0,
                0,
                0,
                Hash.ZERO,
                0,
                0,
                0,
                Hash.ZERO)
            .bytes();
    billing
        .sql()
        .sql(
            """
            insert into usage_held (event_id, record, leaf_sha256, reason, source, replica_id,
              epoch, ship_seq, held_at)
            values (?, ?, decode(?, 'hex'), 'UNKNOWN_PRICE', 'api', 1, 1, 1, now())
            """)
        .params(id, record, HexFormat.of().formatHex(record, 0, 32))
        .update();
    return id;
  }
}
