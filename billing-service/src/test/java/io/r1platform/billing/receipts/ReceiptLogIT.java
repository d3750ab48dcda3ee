package io.r1platform.billing.receipts;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.exports.Dataset;
import io.r1platform.billing.exports.Exported;
import io.r1platform.billing.usage.UsageTraffic;
import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.InclusionProof;
import io.r1platform.receipts.LogTree;
import io.r1platform.receipts.NoteSigner;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.Proofs;
import io.r1platform.receipts.Tile;
import io.r1platform.receipts.TiledLog;
import io.r1platform.receipts.TrustedKeys;
import io.r1platform.receipts.UsageRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log in the service: places, proofs, tiles, restarts, keys. One log, so the order matters. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReceiptLogIT {
  private static final String ORIGIN = "billing.test/log";
  private static final long TENANT = 5;
  private static final long PROJECT = 50;

  @TempDir private static Path directory;
  private static BillingFixture billing;
  private static UsageTraffic traffic;
  private static long logSize;
  private static final Map<UUID, byte[]> RECORDS = new HashMap<>();

  @BeforeAll
  static void start() throws IOException {
    key("first", 1);
    billing =
        new BillingFixture(
            "--r1.billing.log.key-file=" + directory.resolve("first"),
            "--r1.billing.log.origin=" + ORIGIN);
    traffic = new UsageTraffic(billing);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  private static NoteSigner key(String name, int fill) throws IOException {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) fill);
    Files.writeString(
        directory.resolve(name), Base64.getUrlEncoder().withoutPadding().encodeToString(seed));
    return NoteSigner.ofSeed(ORIGIN, seed);
  }

  @Test
  @Order(1)
  void everyRecordIsProvedWithinSeconds() {
    for (int count : List.of(1, 300, 7, 256, 500)) {
      RECORDS.putAll(traffic.chargeMany(TENANT, count));
      sequence();
    }
    TrustedKeys keys = TrustedKeys.parse(text("/internal/v1/log/keys"), "keys");
    RECORDS.forEach(
        (id, record) -> {
          InclusionProof proof =
              InclusionProof.parse(text(receipts(PROJECT, "/" + id + "/proof")), "proof");
          Checkpoint at = proof.verify(record, keys, "proof");
          assertThat(at.size()).isEqualTo(RECORDS.size());
        });
    assertThat(
            billing
                .sql()
                .sql("select count(*) from log_batch where first_index is null")
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  @Order(2)
  void aReceiptIsItsProjectsAlone() {
    UUID id = RECORDS.keySet().iterator().next();
    Answer mine = billing.get(receipts(PROJECT, "/" + id));
    assertThat(UsageRecord.ofReceipt(mine.text("receipt")).bytes()).isEqualTo(RECORDS.get(id));
    assertThat(Long.parseLong(mine.text("log_index"))).isBetween(0L, RECORDS.size() - 1L);
    for (String other :
        List.of(
            receipts(51, "/" + id),
            receipts(51, "/" + id + "/proof"),
            "/internal/v1/organizations/6/projects/50/receipts/" + id,
            receipts(PROJECT, "/" + UUID.randomUUID()),
            receipts(PROJECT, "/x"))) {
      assertThat(billing.get(other).status()).as(other).isEqualTo(404);
    }
    String from = "?from=" + billing.clock().instant().minus(1, ChronoUnit.DAYS);
    List<String> lines = text(receipts(PROJECT, from)).lines().toList();
    assertThat(lines).hasSize(1_000).isSorted();
    String last = lines.getLast().replaceAll(".*\"id\":\"(.*?)\".*", "$1");
    assertThat(text(receipts(PROJECT, from + "&after=" + last)).lines())
        .hasSize(RECORDS.size() - 1_000);
    assertThat(text(receipts(51, from))).isEmpty();
  }

  @Test
  @Order(3)
  void tilesAreTheLogOfTheCheckpoint() {
    TrustedKeys keys = TrustedKeys.parse(text("/internal/v1/log/keys"), "keys");
    Checkpoint newest = Checkpoint.verified(text("/internal/v1/log/checkpoint"), keys, "c");
    var hasher = new Hasher();
    TiledLog.Source published =
        (level, index) -> {
          int width = Tile.width(level, index, newest.size());
          return bytes("/internal/v1/log/tile/" + new Tile(level, index, width).path());
        };
    var log = new LogTree(new TiledLog(published, hasher), hasher);
    assertThat(log.root(newest.size())).isEqualTo(newest.root());
    List<Checkpoint> all = checkpoints(keys);
    assertThat(all).extracting(Checkpoint::size).contains(0L, 1L, 301L, newest.size());
    for (Checkpoint old : all) {
      Proofs.consistent(
          hasher,
          old.size(),
          old.root(),
          newest.size(),
          newest.root(),
          log.consistency(old.size(), newest.size()));
    }
    for (String path : List.of("0/004.p/41", "0/005", "1/000.p/5", "0/1", "9/000", "0/000/1")) {
      assertThat(billing.get("/internal/v1/log/tile/" + path).status()).as(path).isEqualTo(404);
    }
  }

  @Test
  @Order(4)
  void manySequencersAtOnceAreOne() throws Exception {
    TrustedKeys keys = TrustedKeys.parse(text("/internal/v1/log/keys"), "keys");
    try (var threads = Executors.newFixedThreadPool(8)) {
      Callable<Integer> one = () -> billing.bean(Sequencer.class).sequence();
      for (int round = 0; round < 10; round++) {
        RECORDS.putAll(traffic.chargeMany(TENANT, 3));
        for (var done : threads.invokeAll(Stream.generate(() -> one).limit(8).toList())) {
          assertThat(done.get()).isBetween(0, 1);
        }
      }
    }
    Checkpoint newest = checkpoints(keys).getLast();
    assertThat(newest.size()).isEqualTo(RECORDS.size());
    assertThat(
            billing
                .sql()
                .sql("select sum(length(leaves) / 32) from log_batch")
                .query(Long.class)
                .single())
        .isEqualTo(newest.size());
  }

  /** Finance proves each row of a file by the manifest beside it and the public tiles. */
  @Test
  @Order(5)
  void anExportHasEachRecordsPlaceUnderTheCheckpointOfItsManifest() throws Exception {
    Instant to = billing.clock().instant().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1));
    Instant from = to.minus(Duration.ofDays(2));
    Dataset records = Exported.dataset(billing, "usage_records");
    Path early = directory.resolve("early");
    long before = RECORDS.size();
    try (Connection head = billing.database().superuser().getConnection()) {
      head.setAutoCommit(false);
      try (var statement = head.createStatement()) { // no sequencer gets past it
        statement.execute("select size from billing.log_head for update");
      }
      RECORDS.putAll(traffic.chargeMany(TENANT, 2));
      Path file = Exported.file(billing, records, from, to, "csv", early);
      assertThat(indexes(file).values())
          .hasSize(RECORDS.size())
          .filteredOn(String::isEmpty)
          .hasSize(2);
      assertThat(checkpoint(early).path("size").asString()).isEqualTo(Long.toString(before));
      assertThat(Exported.waitsForTheLog(billing, from, to)).isTrue();
      assertThat(
              Exported.keeps(
                  billing,
                  records,
                  from,
                  to,
                  directory.resolve("resumed"),
                  () -> {
                    try {
                      head.rollback();
                    } catch (SQLException e) {
                      throw new IllegalStateException(e);
                    }
                    sequence();
                  }))
          .as("a part whose records have their places by now")
          .isFalse();
    }
    assertThat(Exported.waitsForTheLog(billing, from, to)).isFalse();
    Path late = directory.resolve("late");
    Path file = Exported.file(billing, records, from, to, "csv", late);
    JsonNode said = checkpoint(late);
    TrustedKeys keys = TrustedKeys.parse(text("/internal/v1/log/keys"), "keys");
    Checkpoint at = Checkpoint.verified(said.path("note").asString(), keys, "manifest");
    assertThat(said.path("origin").asString()).isEqualTo(ORIGIN);
    assertThat(said.path("size").asString()).isEqualTo(Long.toString(RECORDS.size()));
    assertThat(said.path("root_hash").asString()).isEqualTo(at.root().base64());
    var hasher = new Hasher();
    JdbcClient jdbc = billing.sql();
    var log =
        new LogTree(new TiledLog((level, tile) -> Tiles.stored(jdbc, level, tile), hasher), hasher);
    Map<UUID, String> indexes = indexes(file);
    assertThat(indexes.keySet()).isEqualTo(RECORDS.keySet());
    indexes.forEach(
        (id, index) -> {
          long place = Long.parseLong(index);
          var path = log.inclusion(place, at.size());
          var proof = new InclusionProof(place, path, said.path("note").asString());
          assertThat(proof.verify(Objects.requireNonNull(RECORDS.get(id)), keys, "row"))
              .isEqualTo(at);
        });
  }

  /** By event id, as a file of CSV has them. */
  private static Map<UUID, String> indexes(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    int column = List.of(lines.getFirst().split(",")).indexOf("log_index");
    return lines.stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .collect(toMap(cells -> UUID.fromString(cells[0]), cells -> cells[column]));
  }

  private static JsonNode checkpoint(Path place) throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(place.resolve("manifest.json")))
        .path("checkpoint");
  }

  @Test
  @Order(6)
  void aMonthsBundlePassesTheVerifierAndIsTheSameAgain() throws Exception {
    YearMonth month = YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC));
    List<UsageRecord> records =
        RECORDS.values().stream()
            .map(UsageRecord::of)
            .filter(r -> month.equals(YearMonth.from(r.admittedAt().atOffset(ZoneOffset.UTC))))
            .toList();
    Path keys = Files.writeString(directory.resolve("keys"), text("/internal/v1/log/keys"));
    Path kept =
        Files.writeString(
            directory.resolve("kept"),
            records.stream().map(r -> r.receipt() + "\n").collect(joining()));
    logSize = RECORDS.size();
    Path bundle = bundle("first.zip", month, invoice(month, records));
    String said = Verifier.verify(bundle, "--key", keys, "--receipts", kept);
    assertThat(said)
        .contains("ok receipts: %d of yours found".formatted(records.size()))
        .contains(
            "bill verified organization=5 month=%s records=%d".formatted(month, records.size()));

    Path again = bundle("again.zip", month, invoice(month, records));
    assertThat(again).hasSameBinaryContentAs(bundle);
    List<UsageRecord> fewer = records.subList(1, records.size());
    assertThat(Verifier.verify(bundle("other.zip", month, invoice(month, fewer)), "--key", keys))
        .contains("REJECTED: invoice line ");

    RECORDS.putAll(traffic.chargeMany(TENANT, 1));
    sequence();
    logSize = RECORDS.size() + 1L; // and the statement
    assertThatThrownBy(() -> bundle("late.zip", month, invoice(month, records)))
        .hasMessageContaining("The month has changed");
  }

  private static Path bundle(String name, YearMonth month, String invoice) throws IOException {
    Path file = directory.resolve(name);
    try (var out = Files.newOutputStream(file)) {
      billing
          .bean(Bundles.class)
          .write(
              out,
              new BilledUsage(TENANT, month, "USD", logSize, null, null),
              statement -> {},
              invoice,
              null);
    }
    return file;
  }

  private static String invoice(YearMonth month, List<UsageRecord> records) {
    long[] tokens = new long[4];
    for (UsageRecord r : records) {
      tokens[0] += r.hit();
      tokens[1] += r.miss();
      tokens[2] += r.reasoning();
      tokens[3] += r.answer();
    }
    long[] units = {140_000, 550_000, 2_190_000, 2_190_000};
    var lines = new ArrayList<String>();
    long net = 0;
    for (int kind = 0; kind < 4; kind++) {
      net += tokens[kind] * units[kind];
      lines.add(
          """
          {"kind":"USAGE","month":"%s","project_id":"50","model_id":2,"sku":"%s",
           "price_sha256":"%s","window":0,"quantity":"%d","unit_pico":"%d","amount_pico":"%d"}"""
              .formatted(
                  month,
                  PriceText.sku(kind, false),
                  billing.priceSha256(),
                  tokens[kind],
                  units[kind],
                  tokens[kind] * units[kind]));
    }
    return """
        {"organization_id":"5","month":"%s","currency":"USD","net_pico":"%d","lines":[%s]}"""
        .formatted(month, net, String.join(",", lines));
  }

  @Test
  @Order(7)
  void whatIsSignedCannotBeChanged() {
    for (String change :
        List.of(
            "update log_batch set first_index = 7 where first_index is not null",
            "update log_head set size = size - 1",
            "update log_tile set hashes = sha256(hashes)",
            "update log_key set first_size = 1",
            "update log_month set end_size = 1",
            "update log_month set start_size = 0",
            "update log_checkpoint set note = ''",
            "delete from log_checkpoint",
            "delete from log_batch",
            "insert into log_checkpoint (size, root, note) values (1, sha256(''), 'other')")) {
      assertThatThrownBy(() -> billing.sql().sql(change).update())
          .as(change)
          .isInstanceOf(DataAccessException.class);
    }
  }

  @Test
  @Order(8)
  void anotherProcessGoesOnWithTheSameLogAndANewKeyTakesOver() throws Exception {
    TrustedKeys before = TrustedKeys.parse(text("/internal/v1/log/keys"), "keys");
    Checkpoint old = checkpoints(before).getLast();
    NoteSigner second = key("second", 2);
    RECORDS.putAll(traffic.chargeMany(TENANT, 5));
    try (var next =
        BillingFixture.onTheTimeOf(
            billing.database(),
            "--r1.billing.log.key-file=" + directory.resolve("second"),
            "--r1.billing.log.origin=" + ORIGIN)) {
      next.bean(Sequencer.class).sequence();
      TrustedKeys keys = TrustedKeys.parse(next.get("/internal/v1/log/keys").body(), "keys");
      assertThat(keys.keys()).hasSize(2);
      long all = RECORDS.size() + 1L; // and the month's statement
      assertThat(keys.keys().getFirst().lastSize()).isBetween(old.size(), all);
      Checkpoint last = checkpoints(keys).getLast(); // each by a key that held at its size
      assertThat(last.size()).isEqualTo(all);
      String newest = next.get("/internal/v1/log/checkpoint").body();
      if (keys.keys().getFirst().lastSize() < all) {
        assertThat(Checkpoint.verified(newest, TrustedKeys.always(second.key()), "c").root())
            .isEqualTo(last.root());
      }
      assertThatThrownBy(() -> billing.bean(Sequencer.class).sequence())
          .hasMessageContaining("was retired from the log");
    }
  }

  @Test
  @Order(9)
  void aDatabaseThatIsOlderThanWhatWasPublicIsNotSigned() throws Exception {
    NoteSigner third = key("third", 3);
    Path kept = directory.resolve("checkpoint");
    String[] settings = {
      "--r1.billing.log.key-file=" + directory.resolve("third"),
      "--r1.billing.log.origin=" + ORIGIN,
      "--r1.billing.log.checkpoint-file=" + kept
    };
    RECORDS.putAll(traffic.chargeMany(TENANT, 5));
    try (var next = BillingFixture.onTheTimeOf(billing.database(), settings)) {
      next.bean(Sequencer.class).sequence();
    }
    String note = Files.readString(kept);
    Checkpoint last = Checkpoint.verified(note, TrustedKeys.always(third.key()), "kept");
    assertThat(last.size()).isEqualTo(RECORDS.size() + 1L);

    // as if the database had been restored from a backup of before the last entries
    RECORDS.putAll(traffic.chargeMany(TENANT, 3));
    var ahead = new Checkpoint(ORIGIN, last.size() + 1_000, last.root());
    Files.writeString(kept, third.sign(ahead.text()));
    try (var restored = BillingFixture.onTheTimeOf(billing.database(), settings)) {
      assertThatThrownBy(() -> restored.bean(Sequencer.class).sequence())
          .hasMessageContaining("the database is older than that");
    }
    // what an operator does then: another name, another key
    NoteSigner fourth = key("fourth", 4);
    settings[0] = "--r1.billing.log.key-file=" + directory.resolve("fourth");
    settings[1] = "--r1.billing.log.origin=billing.test/second";
    try (var again = BillingFixture.onTheTimeOf(billing.database(), settings)) {
      again.bean(Sequencer.class).sequence();
      TrustedKeys keys = TrustedKeys.parse(again.get("/internal/v1/log/keys").body(), "keys");
      assertThat(keys.keys().getLast().key().point()).isEqualTo(fourth.key().point());
      assertThat(checkpoints(keys).getLast().origin()).isEqualTo("billing.test/second");
    }
  }

  /** Every checkpoint of the store, by size, each signed by a key that held then. */
  private static List<Checkpoint> checkpoints(TrustedKeys keys) {
    return billing
        .sql()
        .sql("select note from log_checkpoint order by size")
        .query(String.class)
        .list()
        .stream()
        .map(note -> Checkpoint.verified(note, keys, "checkpoint"))
        .toList();
  }

  private static void sequence() {
    billing.bean(Sequencer.class).sequence();
  }

  private static String receipts(long project, String rest) {
    return "/internal/v1/organizations/%d/projects/%d/receipts%s".formatted(TENANT, project, rest);
  }

  private static String text(String path) {
    Answer answer = billing.get(path);
    assertThat(answer.status()).as(path + answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static byte[] bytes(String path) {
    try {
      var response =
          HttpClient.newHttpClient()
              .send(
                  billing.request(path, BillingFixture.GATEWAY).build(),
                  BodyHandlers.ofByteArray());
      assertThat(response.statusCode()).as(path).isEqualTo(200);
      assertThat(response.body().length % Hash.BYTES).isZero();
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
