package io.r1platform.verifybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.TrustedKeys;
import io.r1platform.receipts.UsageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says of true bundles, and of those whose issuer cheats and signs. */
class VerifyBillTests {
  private static final int REQUESTS = 40;
  @TempDir private Path directory;
  private final Month month = new Month(1, REQUESTS);
  private Path keys = Path.of("");

  @BeforeEach
  void keepTheKeys() throws IOException {
    keys = Files.writeString(directory.resolve("keys"), month.trusted().text());
  }

  @Test
  void aTrueBundlePasses() throws IOException {
    Path bundle = month.write(directory, "b.zip");
    Command run = Command.run(bundle, "--key", keys);

    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("ok records: 40, all in the log of " + month.size())
        .contains("ok invoice: -5 pico on lines that no record here proves")
        .doesNotContain("note:")
        .containsPattern(
            "bill verified organization=7 month=2026-11 records=40 pico=\\d+ log=\\d+");
    assertThat(Command.run(bundle).out()).contains("note: checked against the keys inside");
    try (var zip = new ZipFile(bundle.toFile())) { // any program can open it
      assertThat(zip.stream().map(e -> e.getName()))
          .contains("manifest", "invoice.json", "records.bin", "proof.bin");
    }
  }

  @Test
  void aMonthWithoutRequestsPasses() throws IOException {
    var empty = new Month(2, 0);
    assertThat(Command.run(empty.write(directory, "empty.zip")).out())
        .contains("bill verified organization=7 month=2026-11 records=0 pico=0");
  }

  @Test
  void someoneElsesKeyIsNotTrusted() throws IOException {
    Files.writeString(keys, new Month(3, 0).trusted().text());
    rejected(month, "checkpoint.end is signed by none of the trusted keys");
  }

  @Test
  void aRetiredKeySignsNothingNewer() throws IOException {
    Path bundle = month.write(directory, "old.zip");
    Files.writeString(
        keys,
        new TrustedKeys(List.of(new TrustedKeys.Key(month.signer.key(), 0, month.size() - 1)))
            .text());
    Command run = Command.run(bundle, "--key", keys);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("checkpoint.end is signed by none of the trusted keys");
  }

  @Test
  void theRootOnTheInvoiceIsOfTheRecords() throws IOException {
    var root = new AtomicReference<Hash>();
    month.statement =
        said -> {
          root.set(said.root());
          return said;
        };
    month.invoice = text -> withRoot(text, root.get());
    Command run = Command.run(month.write(directory, "root.zip"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("ok invoice: its usage_root is of these records");
    month.invoice = text -> withRoot(text, Month.PRICE);
    rejected(month, "the invoice was finalized for records with the root " + Month.PRICE.hex());
  }

  private static String withRoot(String invoice, Hash root) {
    return "{\"usage_root\":\"%s\",".formatted(root) + invoice.substring(1);
  }

  @Test
  void aRecordThatIsNotInTheLogIsNamed() throws IOException {
    UsageRecord real = month.mine.get(3);
    byte[] changed = real.bytes();
    changed[UsageRecord.BYTES - 1] ^= 1; // of the hash of the output, which costs nothing
    month.record = at -> at == 3 ? changed : month.mine.get((int) at).bytes();
    rejected(month, "lead to the root");
  }

  @Test
  void aDearerRecordIsNamed() throws IOException {
    byte[] bytes = month.mine.get(5).bytes();
    var record = ByteBuffer.wrap(bytes);
    record.putLong(128, record.getLong(128) + 1);
    month.record = at -> at == 5 ? bytes : month.mine.get((int) at).bytes();
    rejected(month, "record 5: it charges");
  }

  @Test
  void someoneElsesRecordIsNamed() throws IOException {
    byte[] bytes = month.mine.get(6).bytes();
    ByteBuffer.wrap(bytes).putLong(24, 8);
    month.record = at -> at == 6 ? bytes : month.mine.get((int) at).bytes();
    rejected(month, "record 6: it is of organization 8");
  }

  @Test
  void aLaterMonthsRecordIsNamed() throws IOException {
    byte[] bytes = month.mine.get(6).bytes();
    ByteBuffer.wrap(bytes).putLong(48, 1_800_000_000_000_000L);
    month.record = at -> at == 6 ? bytes : month.mine.get((int) at).bytes();
    rejected(month, "record 6: it was admitted at 2027-01-15T08:00:00Z, after the month");
  }

  @Test
  void aRequestThatIsLoggedAndChargedTwiceIsNamed() throws IOException {
    month.add(month.mine.get(2));
    rejected(month, "record 40: request " + month.mine.get(2).eventId() + " stands twice");
  }

  @Test
  void aRequestThatNoLineChargesIsNamed() throws IOException {
    UsageRecord r = month.mine.get(2);
    month.add(
        new UsageRecord(
            r.finish(),
            r.flags(),
            1,
            new java.util.UUID(0x7001, 1L << 63),
            r.organizationId(),
            12,
            13,
            r.admittedMicros(),
            r.finishedMicros(),
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            Month.PRICE,
            2_190_000,
            0,
            0,
            Hash.ZERO));
    rejected(month, "no invoice line has the 1 tokens REASONING");
  }

  @Test
  void linesThatChargeMoreAreNamed() throws IOException {
    invoice("\"quantity\":\"", "\"quantity\":\"1", "invoice line 1: ");
    invoice("\"unit_pico\":\"2190000\"", "\"unit_pico\":\"2190001\"", "invoice line 1: ");
    invoice("\"net_pico\":\"", "\"net_pico\":\"1", "the invoice's lines amount to ");
    invoice("\"project_id\":\"11\"", "\"project_id\":\"12\"", "invoice line 1 charges ");
    invoice("\"organization_id\":\"7\"", "\"organization_id\":\"8\"", "the invoice is of another");
    invoice("\"sku\":\"ANSWER\"", "\"sku\":\"HIT\"", "invoice line 1 has the unit price ");
    invoice(
        "\"month\":\"2026-11\",\"project",
        "\"month\":\"2026-10\",\"project",
        "of 2026-10, no records of it came late");
    invoice("\"currency\"", "\"number\":1,\"currency\"", "'number' stands twice");
    invoice("\"lines\":[", "\"lines\":[{\"kind\":\"USAGE\"},", "invoice.json, line 1 has no month");
    invoice("}", "}}", "invoice.json");
  }

  private int written;

  private void invoice(String from, String to, String message) throws IOException {
    var fresh = new Month(10 + written++, 30);
    fresh.invoice = text -> text.replaceFirst(java.util.regex.Pattern.quote(from), to);
    Files.writeString(keys, fresh.trusted().text());
    rejected(fresh, message);
  }

  @Test
  void aStatementThatTheLogDoesNotHaveIsNamed() throws IOException {
    month.statement =
        said ->
            new io.r1platform.receipts.MonthStatement(
                said.organizationId(), said.month(), "EUR", said.root(), said.sums());
    rejected(month, "the records, their indexes, the statement and proof.bin lead to the root");
  }

  @Test
  void theBundleStartsWhereThePreviousEnded() throws IOException {
    var log = new Month(4, 0);
    Files.writeString(keys, log.trusted().text());
    log.month = Month.MONTH.minusMonths(1);
    Path october = log.write(directory, "october.zip");
    log.startSize = log.size();
    log.month = Month.MONTH;
    log.requests(20);
    Path november = log.write(directory, "november.zip");
    assertThat(Command.run(november, "--key", keys, "--previous", october).out())
        .contains("ok previous: 2026-10 ended where this bundle starts");
    log.startSize--;
    Path skewed = log.write(directory, "skewed.zip");
    assertThat(Command.run(skewed, "--key", keys, "--previous", october).err())
        .contains("checkpoint.start is of %d entries".formatted(log.startSize));
  }

  @Test
  void theSameMonthIsNoPreviousOne() throws IOException {
    Path bundle = month.write(directory, "now.zip");
    Command run = Command.run(bundle, "--key", keys, "--previous", bundle);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("the previous bundle is of organization 7, 2026-11");
  }

  @Test
  void keptReceiptsAreFoundUnchangedAndComplete() throws IOException {
    Path bundle = month.write(directory, "b.zip");
    String mine =
        month.mine.stream()
            .map(r -> "x-usage-receipt: " + r.receipt() + "\n")
            .collect(Collectors.joining());
    Path receipts = Files.writeString(directory.resolve("receipts.txt"), mine);
    assertThat(Command.run(bundle, "--receipts", receipts).out())
        .contains("ok receipts: 40 of yours found, 0 of other months");

    Path listed =
        Files.writeString(
            directory.resolve("listed.jsonl"),
            month.mine.stream()
                .map(
                    r -> "{\"id\":\"%s\",\"receipt\":\"%s\"}\n".formatted(r.eventId(), r.receipt()))
                .collect(Collectors.joining()));
    assertThat(Command.run(bundle, "--receipts", listed).out())
        .as("what /v1/receipts answers")
        .contains("ok receipts: 40 of yours found, 0 of other months");

    UsageRecord real = month.mine.getFirst();
    byte[] other = real.bytes();
    other[1] = 2; // it ended otherwise
    kept(bundle, UsageRecord.of(other), "record 0: it differs from the receipt that you kept");
    ByteBuffer.wrap(other).putLong(16, real.eventId().getLeastSignificantBits() ^ 1);
    kept(bundle, UsageRecord.of(other), " is not in the bundle");
    ByteBuffer.wrap(other).putLong(24, 9);
    kept(bundle, UsageRecord.of(other), "receipt kept.txt:1 is of organization 9");
    Path broken = Files.writeString(directory.resolve("broken.txt"), "v1.abc\n");
    assertThat(Command.run(bundle, "--receipts", broken).err())
        .contains("receipt broken.txt:1: a record has 184 bytes");
  }

  private void kept(Path bundle, UsageRecord receipt, String message) throws IOException {
    Path file = Files.writeString(directory.resolve("kept.txt"), receipt.receipt());
    Command run = Command.run(bundle, "--receipts", file);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains(message);
  }

  @Test
  void whatIsCutOrGoesOnIsRejected() throws IOException {
    byte[] whole = Files.readAllBytes(month.write(directory, "b.zip"));
    for (int length : List.of(0, 1, 30, 60, whole.length / 2, whole.length - 1)) {
      Path cut = Files.write(directory.resolve("cut"), java.util.Arrays.copyOf(whole, length));
      assertThat(Command.run(cut).exit()).as("%d bytes", length).isEqualTo(1);
    }
    Path longer =
        Files.write(directory.resolve("l"), java.util.Arrays.copyOf(whole, whole.length + 1));
    assertThat(Command.run(longer).err()).contains("the zip's directory has");
  }

  @Test
  void sizesThatLieTakeNoMemory() throws IOException {
    byte[] whole = Files.readAllBytes(month.write(directory, "b.zip"));
    var lie = ByteBuffer.wrap(whole).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    lie.putInt(18, -2).putInt(22, -2);
    Path bomb = Files.write(directory.resolve("bomb"), whole);
    assertThat(Command.run(bomb).err()).contains("the manifest has 4294967294 bytes");
  }

  @Test
  void theCommandLineIsExplained() {
    assertThat(Command.run("--help").out()).contains("Exit code: 0 verified");
    var unclear = new ArrayList<Command>();
    unclear.add(Command.run());
    unclear.add(Command.run("a", "b"));
    unclear.add(Command.run("--wat"));
    unclear.add(Command.run("a", "--key"));
    unclear.add(Command.run("a", "--key", "b", "--key", "c"));
    unclear.add(Command.run(directory.resolve("nothing.zip")));
    assertThat(unclear).allSatisfy(run -> assertThat(run.exit()).isEqualTo(2));
  }

  private void rejected(Month cheating, String message) throws IOException {
    Command run = Command.run(cheating.write(directory, "c" + written + ".zip"), "--key", keys);
    assertThat(run.err()).startsWith("REJECTED: ").contains(message);
    assertThat(run.exit()).isEqualTo(1);
  }
}
