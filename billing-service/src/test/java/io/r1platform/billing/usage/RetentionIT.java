package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.retention.RetentionAccess;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An old day leaves for files; nothing is lost, counted twice or forgotten by it. */
class RetentionIT {
  private static final Duration AGE = Duration.ofDays(50);

  private Path directory;
  private BillingFixture billing;
  private final List<UsageRecord> records = new ArrayList<>();
  private LocalDate day;
  private long nextSeq = 1;

  @BeforeEach
  void postAnOldDay(@TempDir Path temporary) {
    directory = temporary;
    billing = new BillingFixture("--r1.billing.retention.directory=" + directory);
    Instant now = billing.clock().instant();
    billing.clock().advance(AGE.negated());
    var samples = new Samples(new Random(21), billing.priceSha256(), billing.clock().instant());
    Instant noon = billing.clock().instant().truncatedTo(java.time.temporal.ChronoUnit.DAYS);
    for (int i = 0; i < 60; i++) {
      records.add(samples.at(noon.plusSeconds(i), 1 + i % 7, i, 2 * i, 1 + i, i % 5));
    }
    assertThat(post(records).status()).isEqualTo(200);
    var engine = new Receipts(billing, 1, 1);
    for (UsageRecord record : records) {
      engine.ship(record);
    }
    day = records.getFirst().bucket();
    billing.clock().set(now);
  }

  @AfterEach
  void conservationLawHolds() {
    assertThat(billing.lawBroken()).isEmpty();
    billing.close();
  }

  @Test
  void retiredDayIsInFilesAndStillAddsUp() throws IOException {
    String before = report();
    BigInteger tokens = tokens();
    assertThat(RetentionAccess.retire(billing)).isZero();
    assertThat(billing.sum("1", "usage_record")).isZero();
    assertThat(billing.sum("amount", "usage_retired")).isEqualTo(total());
    assertThat(report()).isEqualTo(before);
    Path place = directory.resolve("usage_record").resolve("day=" + day);
    assertThat(Files.readString(place.resolve("manifest-1.json")))
        .contains("\"requests\" : \"60\"", "\"amount_pico\" : \"" + total() + "\"");
    assertThat(Files.size(place.resolve("ids-1.bin"))).isEqualTo(60L * 48);
    assertThat(Files.size(place.resolve("records-1.parquet"))).isPositive();
    assertThat(Files.size(place.resolve("receipts-1.parquet"))).isPositive();
    JsonNode manifest =
        JsonMapper.shared().readTree(Files.readString(place.resolve("manifest-1.json")));
    assertThat(manifest.path("engine_receipts").asString()).isEqualTo("60");
    assertThat(manifest.path("engine_tokens").asString()).isEqualTo(tokens.toString());
    assertThat(manifest.at("/receipts/file").asString()).isEqualTo("receipts-1.parquet");
    assertThat(billing.sum("receipts", "usage_retired")).isEqualTo(BigInteger.valueOf(60));
    assertThat(RetentionAccess.retire(billing)).isZero();
  }

  @Test
  void duplicateOfARetiredRecordIsADuplicateAndAConflictIsHeld() {
    RetentionAccess.retire(billing);
    UsageRecord first = records.getFirst();
    UsageRecord last = records.getLast();
    Answer answer = post(List.of(first, last, Samples.withAmount(first, first.amountPico() + 1)));
    assertThat(answer.json().path("results").toString())
        .isEqualTo("[\"DUPLICATE\",\"DUPLICATE\",\"HELD\"]");
    assertThat(billing.get("/internal/v1/held").json().at("/records/0/reason").asString())
        .isEqualTo("CONFLICT");
  }

  @Test
  void recordConfirmedAfterItsDayWasRetiredGoesIntoASecondPart() throws IOException {
    RetentionAccess.retire(billing);
    var samples = new Samples(new Random(5), billing.priceSha256(), billing.clock().instant());
    UsageRecord late = samples.at(records.getFirst().admittedAt(), 3, 1, 2, 3, 4);
    assertThat(post(List.of(late)).json().at("/results/0").asString()).isEqualTo("LATE");
    String id = billing.get("/internal/v1/held").json().at("/records/0/id").asString();
    String confirm = "{\"decision\":\"confirm\",\"why\":\"found\",\"by\":\"ops\"}";
    String path = "/internal/v1/held/" + id + "/decision";
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, confirm).status()).isEqualTo(204);
    assertThat(billing.sum("1", "usage_record")).isEqualTo(BigInteger.ONE);
    assertThat(billing.lawBroken()).isEmpty();
    var engine = new Receipts(billing, 2, 1);
    billing.clock().advance(AGE.negated());
    engine.ship(late);
    billing.clock().advance(AGE);
    assertThat(RetentionAccess.retire(billing)).isZero();
    assertThat(billing.sum("part", "usage_retired where day = '" + day + "'"))
        .as("parts 1 and 2; days beside it may have left empty")
        .isEqualTo(BigInteger.valueOf(3));
    assertThat(post(List.of(late, records.get(7))).json().path("results").toString())
        .isEqualTo("[\"DUPLICATE\",\"DUPLICATE\"]");
  }

  @Test
  void retiringThatStoppedBeforeTheDropIsRepeated() throws IOException {
    String place = "usage_record/day=" + day + "/";
    Files.createDirectories(directory.resolve(place));
    for (String left :
        List.of("records-1.parquet", "ids-1.bin", "manifest-1.json", "ids-1.bin.new")) {
      Files.writeString(directory.resolve(place + left), "of a run that was killed");
    }
    assertThat(RetentionAccess.retire(billing)).isZero();
    assertThat(Files.size(directory.resolve(place + "ids-1.bin"))).isEqualTo(60L * 48);
    assertThat(post(List.of(records.get(3))).json().at("/results/0").asString())
        .isEqualTo("DUPLICATE");
  }

  /** Here a link leads the ids into the file that the manifest then takes. */
  @Test
  void aDayWhoseIdsAreNotInTheirFileStays() throws IOException {
    Path place = directory.resolve("usage_record/day=" + day);
    Files.createDirectories(place);
    Files.createSymbolicLink(place.resolve("ids-1.bin.new"), Path.of("manifest-1.json.new"));
    assertThat(RetentionAccess.retire(billing)).isEqualTo(1);
    assertThat(billing.sum("1", "usage_record")).isEqualTo(BigInteger.valueOf(60));
    assertThat(RetentionAccess.retire(billing)).isZero();
    assertThat(Files.size(place.resolve("ids-1.bin"))).isEqualTo(60L * 48);
  }

  @Test
  void twoProcessesDoNotRetireAtOnce() throws SQLException {
    try (var other = billing.database().dataSource("r1_billing").getConnection();
        var statement = other.createStatement()) {
      statement.execute("select pg_advisory_lock(hashtext('billing.retention'))");
      assertThat(RetentionAccess.retire(billing)).isZero();
      assertThat(billing.sum("1", "usage_record")).isEqualTo(BigInteger.valueOf(60));
      // Closing alone lets go of it only once the server has ended the backend.
      statement.execute("select pg_advisory_unlock(hashtext('billing.retention'))");
    }
    assertThat(RetentionAccess.retire(billing)).isZero();
    assertThat(billing.sum("1", "usage_record")).isZero();
  }

  @Test
  void nothingIsWrittenAfterTheLockIsLost() throws IOException {
    billing
        .database()
        .execute(
            """
            create or replace function billing.retire_usage_day(gone date,
              file_requests bigint, file_amount numeric, file_receipts bigint,
              file_tokens numeric, manifest bytea) returns int language sql
            as 'select 1 where pg_terminate_backend(pg_backend_pid())'
            """);
    billing.clock().advance(AGE);
    assertThat(RetentionAccess.retire(billing)).as("days that are old").isGreaterThan(1);
    try (var written = Files.list(directory.resolve("usage_record"))) {
      assertThat(written).hasSize(1);
    }
  }

  @Test
  void noFileIsReplacedOnceTheLockIsLostDuringTheExport() throws IOException {
    Path ids = directory.resolve("usage_record/day=" + day + "/ids-1.bin");
    Files.createDirectories(ids.getParent());
    Files.writeString(ids, "of the process that has the lock");
    assertThatThrownBy(() -> RetentionAccess.retireWithoutLock(billing, directory, day))
        .isInstanceOf(DataAccessException.class);
    assertThat(ids).hasContent("of the process that has the lock");
  }

  @Test
  void aDayWithAnUndecidedRecordStays() throws IOException {
    Instant now = billing.clock().instant();
    billing.clock().advance(AGE.negated());
    UsageRecord first = records.getFirst();
    post(List.of(Samples.withAmount(first, first.amountPico() + 1)));
    billing.clock().set(now);
    assertThat(RetentionAccess.retire(billing)).isEqualTo(1);
    assertThat(billing.sum("1", "usage_record")).isEqualTo(BigInteger.valueOf(60));
    String id = billing.get("/internal/v1/held").json().at("/records/0/id").asString();
    String reject = "{\"decision\":\"reject\",\"why\":\"a copy\",\"by\":\"ops\"}";
    String path = "/internal/v1/held/" + id + "/decision";
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, reject).status()).isEqualTo(204);
    assertThat(RetentionAccess.retire(billing)).isZero();
  }

  @Test
  void aRetiredDayIsNotPreviewedAsIfItHadNoRequests() throws IOException {
    String range = "{\"from\":\"%sT00:00:00Z\",\"to\":\"%sT00:00:00Z\"}";
    String path = "/internal/v1/prices/versions/1/preview";
    String over = range.formatted(day.minusDays(1), day.plusDays(2));
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, over).status()).isEqualTo(200);
    RetentionAccess.retire(billing);
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, over).body())
        .contains("prices_refused", "Requests of " + day);
    String after = range.formatted(day.plusDays(1), day.plusDays(2));
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, after).status()).isEqualTo(200);
  }

  @Test
  void databaseRefusesToDropWhatAFileDoesNotHold() {
    String engine = ", 60, " + tokens();
    for (String arguments :
        List.of(
            "60, 0" + engine,
            "59, " + total() + engine,
            "61, " + total() + engine,
            "60, " + total() + ", 59, " + tokens(),
            "60, " + total() + ", 60, 0")) {
      assertThatThrownBy(
              () ->
                  billing
                      .sql()
                      .sql("select retire_usage_day(?, %s, sha256('x'))".formatted(arguments))
                      .param(day)
                      .query(Integer.class)
                      .single())
          .rootCause()
          .hasMessageContaining("the file");
    }
    assertThatThrownBy(
            () ->
                billing
                    .sql()
                    .sql("select retire_usage_day(current_date, 0, 0, 0, 0, sha256('x'))")
                    .query(Integer.class)
                    .single())
        .rootCause()
        .hasMessageContaining("not old enough");
    assertThat(billing.sum("1", "usage_record")).isEqualTo(BigInteger.valueOf(60));
  }

  @Test
  void unreadableIdsHoldTheLateRecordForAPerson() throws IOException {
    RetentionAccess.retire(billing);
    Files.delete(directory.resolve("usage_record/day=" + day + "/ids-1.bin"));
    assertThat(post(List.of(records.getFirst())).json().at("/results/0").asString())
        .isEqualTo("LATE");
  }

  private Answer post(List<UsageRecord> sent) {
    Answer answer = billing.postBatch(Samples.batch(1, 1, nextSeq, sent));
    nextSeq += sent.size();
    return answer;
  }

  private BigInteger total() {
    return BigInteger.valueOf(records.stream().mapToLong(UsageRecord::amountPico).sum());
  }

  private BigInteger tokens() {
    return billing.sum("tok_hit + tok_miss + tok_out", "engine_usage");
  }

  /** Engine, usage and ledger of the day as reconciliation says. */
  private String report() {
    var report = billing.get("/internal/v1/reconciliation?day=" + day).json();
    return report.path("engine")
        + " "
        + report.path("usage")
        + " "
        + report.path("ledger")
        + " "
        + report.path("differences");
  }
}
