package io.r1platform.verifybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Repriced;
import io.r1platform.receipts.TrustedKeys;
import io.r1platform.receipts.UsageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One bundle after another: what came late, keys and origins that change, prices that changed. */
class MonthsTests {
  private static final String NOVEMBER = "\"month\":\"2026-11\",\"project";
  private static final String DECEMBER = "\"month\":\"2026-12\",\"project";

  @TempDir private Path directory;
  private final Month log = new Month(21, 6);

  /** The bundle of November, after which the log goes on with December. */
  private Path november() throws IOException {
    Path bundle = log.write(directory, "november.zip");
    log.startSize = log.size();
    log.startSigner = log.signer;
    log.month = Month.MONTH.plusMonths(1);
    return bundle;
  }

  private Path keys(TrustedKeys keys) throws IOException {
    return Files.writeString(directory.resolve("keys"), keys.text());
  }

  @Test
  void whatCameLateIsOnTheNextBillUnderItsMonth() throws IOException {
    Path before = november();
    var next = new Month(22, 4); // another log, whose records of November are in December's bill
    next.month = log.month;
    Path late = next.write(directory, "late.zip");
    assertThat(Command.run(late).out())
        .contains("ok late: 4 of them admitted in earlier months")
        .contains("bill verified organization=7 month=2026-12 records=4");
    next.invoice = text -> text.replace(NOVEMBER, "\"month\":\"2027-01\",\"project");
    assertThat(Command.run(next.write(directory, "future.zip")).err())
        .contains("of 2027-01, no records of it came late");
    assertThat(Command.run(late, "--previous", before).exit()).isEqualTo(1);
  }

  @Test
  void aRequestIsBilledOnce() throws IOException {
    Path before = november();
    Path again = log.write(directory, "again.zip"); // the same records once more
    assertThat(Command.run(again).exit()).isZero();
    Command both = Command.run(again, "--previous", before);
    assertThat(both.exit()).isEqualTo(1);
    assertThat(both.err())
        .contains("record 0: request " + log.mine.getFirst().eventId())
        .contains("is in the previous bundle as well");
  }

  @Test
  void aReceiptIsInEitherOfTwoBundles() throws IOException {
    Path before = november();
    List<UsageRecord> first = List.copyOf(log.mine);
    log.startAnew();
    log.requests(3); // admitted in November, late
    log.invoice = text -> text.replace(NOVEMBER, DECEMBER); // as confirmed ones are
    Path after = log.write(directory, "december.zip");
    String kept =
        Stream.concat(first.stream(), log.mine.stream())
            .map(r -> r.receipt() + "\n")
            .collect(Collectors.joining());
    Path receipts = Files.writeString(directory.resolve("kept"), kept);
    assertThat(Command.run(after, "--previous", before, "--receipts", receipts).out())
        .contains("ok receipts: 9 of yours found, 0 of other months");
    byte[] invented = first.getFirst().bytes();
    ByteBuffer.wrap(invented).putLong(16, UUID.randomUUID().getLeastSignificantBits());
    Files.writeString(receipts, kept + UsageRecord.of(invented).receipt());
    assertThat(Command.run(after, "--previous", before, "--receipts", receipts).err())
        .contains("is not in the bundle nor in the previous one");
    assertThat(Command.run(before, "--receipts", receipts).err())
        .contains("if its record came late, it is in the next month's");
  }

  @Test
  void bundlesOfAnOldKeyStayValid() throws IOException {
    var old = log.signer.key();
    Path before = november();
    long change = log.size();
    log.signBy(Month.ORIGIN);
    log.startAnew();
    var list =
        new TrustedKeys(
            List.of(
                new TrustedKeys.Key(old, 0, change),
                new TrustedKeys.Key(log.signer.key(), change, Long.MAX_VALUE)));
    log.keys = right -> list;
    Path after = log.write(directory, "december.zip");

    Path all = keys(list);
    assertThat(Command.run(before, "--key", all).exit()).isZero();
    assertThat(Command.run(after, "--key", all, "--previous", before).exit()).isZero();
    // the new key vouches for the old one, up to where it was retired
    Path newest = keys(TrustedKeys.always(log.signer.key()));
    assertThat(Command.run(after, "--key", newest, "--previous", before).exit()).isZero();
    // the old one does not for the new one
    Path oldest = keys(new TrustedKeys(List.of(list.keys().getFirst())));
    assertThat(Command.run(after, "--key", oldest).err())
        .contains("checkpoint.end is signed by none of the trusted keys");
    // and a list cannot let an old key go on
    log.keys =
        right ->
            new TrustedKeys(
                List.of(
                    new TrustedKeys.Key(old, 0, Long.MAX_VALUE),
                    new TrustedKeys.Key(log.signer.key(), change, Long.MAX_VALUE)));
    Path longer = log.write(directory, "longer.zip");
    newest = keys(TrustedKeys.always(log.signer.key()));
    assertThat(Command.run(longer, "--key", newest).err())
        .contains("checkpoint.start is signed by none of the trusted keys");
  }

  @Test
  void aLogThatGotANewNameIsTheSameLog() throws IOException {
    var old = log.signer.key();
    Path before = november();
    long change = log.size();
    log.signBy("r1.example/second");
    log.startAnew();
    log.keys =
        right ->
            new TrustedKeys(
                List.of(
                    new TrustedKeys.Key(old, 0, change),
                    new TrustedKeys.Key(log.signer.key(), change, Long.MAX_VALUE)));
    Path after = log.write(directory, "december.zip");
    assertThat(Command.run(after, "--previous", before).out())
        .contains("ok origin: the log was named r1.example/log at the start")
        .contains("ok previous: 2026-11 ended where this bundle starts");
  }

  @Test
  void tokensThatGotAnotherPriceAreToldApart() throws IOException {
    var lines = new ArrayList<Repriced.Move>();
    lines.add(new Repriced.Move(11, 1, "ANSWER", 0, Month.PRICE, 5));
    lines.add(new Repriced.Move(11, 1, "ANSWER", 0, Month.PRICE, -5));
    log.repriced = new Repriced(lines);
    assertThat(Command.run(log.write(directory, "moved.zip")).out())
        .contains("ok repriced: 0 pico by new prices for old requests, as the issuer says");
    lines.removeLast();
    log.repriced = new Repriced(lines);
    assertThat(Command.run(log.write(directory, "made.zip")).err())
        .contains("5 tokens ANSWER of model 1 in project 11 come from no price");
    log.repriced = new Repriced(List.of(new Repriced.Move(11, 1, "ANSWER", 0, Hash.ZERO, 0)));
    assertThat(Command.run(log.write(directory, "unknown.zip")).err())
        .contains("the bundle has no price version");
  }
}
