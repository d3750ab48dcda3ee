package io.r1platform.verifybill;

import io.r1platform.receipts.BillBundle;
import io.r1platform.receipts.Calendars;
import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.LogTree;
import io.r1platform.receipts.MonthStatement;
import io.r1platform.receipts.NoteSigner;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.Repriced;
import io.r1platform.receipts.TrustedKeys;
import io.r1platform.receipts.UsageRecord;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

/**
 * A log in which one organization's requests stand among others', and the bundle of its month. A
 * test changes what it wants wrong; all the rest, signatures too, then fits.
 */
final class Month {
  static final long ORGANIZATION = 7;
  static final YearMonth MONTH = YearMonth.of(2026, 11);
  static final String ORIGIN = "r1.example/log";
  static final String PRICES =
      """
      r1-prices-1
      card list
      currency USD
      reference f
      valid_from 2025-01-01T00:00:00Z
      1 deepseek-r1 ANSWER 0 2190000
      1 deepseek-r1 HIT 0 140000
      1 deepseek-r1 MISS 0 550000
      1 deepseek-r1 REASONING 0 2190000
      """;
  static final Hash PRICE = new Hasher().plain(PRICES.getBytes(StandardCharsets.UTF_8));
  private static final PriceText UNITS = PriceText.parse(PRICES);
  private static final long BEGIN = Instant.parse("2026-11-01T00:00:00Z").toEpochMilli();
  private static final int MONTH_SECONDS = 30 * 24 * 3600;

  NoteSigner signer;
  NoteSigner startSigner;
  final List<UsageRecord> mine = new ArrayList<>();
  private final Random random;
  private final Hasher hasher = new Hasher();
  private final List<Hash> leaves = new ArrayList<>();
  private final List<Long> indexes = new ArrayList<>();
  private final long[][] sums = new long[2][4];

  /** What a bundle is made of, for a test to change. */
  UnaryOperator<String> invoice = text -> text;

  UnaryOperator<MonthStatement> statement = said -> said;
  UnaryOperator<TrustedKeys> keys = right -> right;
  LongFunction<byte[]> record = at -> mine.get((int) at).bytes();
  YearMonth month = MONTH;
  Repriced repriced = Repriced.NONE;
  long startSize;

  Month(long seed, int requests) {
    random = new Random(seed);
    signer = NoteSigner.parse(NoteSigner.generate(ORIGIN, new SecureRandom()));
    startSigner = signer;
    requests(requests);
  }

  /** Logs so many more of the organization, among others'. */
  void requests(int count) {
    for (int i = 0; i < count; i++) {
      others(random.nextInt(3));
      request();
    }
    others(5);
  }

  private void others(int count) {
    for (int i = 0; i < count; i++) {
      byte[] entry = new byte[UsageRecord.BYTES];
      random.nextBytes(entry);
      leaves.add(hasher.leaf(entry));
    }
  }

  /** Signs with another key, or for another log, from now on. */
  void signBy(String origin) {
    signer = NoteSigner.parse(NoteSigner.generate(origin, new SecureRandom()));
  }

  private void request() {
    boolean batch = random.nextInt(5) == 0;
    int[] tokens = {
      random.nextInt(200), random.nextInt(100), 1 + random.nextInt(900), random.nextInt(100)
    };
    long amount = 0;
    for (int kind = 0; kind < tokens.length; kind++) {
      amount += UNITS.unit(1, 0, kind, batch) * tokens[kind];
      sums[batch ? 1 : 0][kind] += tokens[kind];
    }
    long at = BEGIN + random.nextInt(MONTH_SECONDS) * 1000L;
    long id = (at << 16) | 0x7000 | random.nextInt(1 << 12);
    add(
        new UsageRecord(
            1,
            batch ? 8 : 1,
            1,
            new UUID(id, (random.nextLong() >>> 2) | (1L << 63)),
            ORGANIZATION,
            11,
            13,
            at * 1000,
            at * 1000 + 900_000,
            tokens[0],
            tokens[1],
            tokens[2],
            tokens[3],
            0,
            0,
            200,
            0,
            PRICE,
            amount,
            random.nextLong(),
            random.nextLong(),
            Hash.ZERO));
  }

  /** Puts a record into the log and the bundle, but into no invoice line. */
  void add(UsageRecord added) {
    indexes.add((long) leaves.size());
    mine.add(added);
    leaves.add(hasher.leaf(added.bytes()));
  }

  /** What was bundled is: the next bundle has only what comes now. */
  void startAnew() {
    mine.clear();
    indexes.clear();
    for (long[] kinds : sums) {
      Arrays.fill(kinds, 0);
    }
  }

  TrustedKeys trusted() {
    return TrustedKeys.always(signer.key());
  }

  /** Checkpoint of a size. */
  String checkpoint(long size, NoteSigner by) {
    Hash root = size == 0 ? hasher.plain(new byte[0]) : tree().root(size);
    return by.sign(new Checkpoint(by.key().name(), size, root).text());
  }

  private LogTree tree() {
    var levels = new ArrayList<List<Hash>>(List.of(leaves));
    while (levels.getLast().size() > 1) {
      List<Hash> below = levels.getLast();
      var level = new ArrayList<Hash>(below.size() / 2);
      for (int i = 0; i + 1 < below.size(); i += 2) {
        level.add(hasher.node(below.get(i), below.get(i + 1)));
      }
      levels.add(level);
    }
    return new LogTree((level, index) -> levels.get(level).get((int) index), hasher);
  }

  /** Writes the bundle; the log has the statement and goes on for a little after it. */
  Path write(Path directory, String name) throws IOException {
    Path scratch = Files.createDirectory(directory.resolve(name + ".scratch"));
    Path file = directory.resolve(name);
    try (var bundle = new BillBundle(scratch, ORGANIZATION, month, "USD");
        var out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < mine.size(); i++) {
        bundle.add(indexes.get(i), record.apply(i));
      }
      long statementIndex = leaves.size();
      leaves.add(hasher.leaf(statement.apply(bundle.statement()).bytes()));
      others(3);
      bundle.write(
          out,
          new BillBundle.Ending(
              statementIndex,
              checkpoint(startSize, startSigner),
              checkpoint(leaves.size(), signer),
              keys.apply(trusted()),
              Calendars.NONE,
              repriced,
              List.of(PRICES),
              invoice.apply(invoice()),
              null),
          tree(),
          signer);
    }
    Files.delete(scratch);
    return file;
  }

  long size() {
    return leaves.size();
  }

  private String invoice() {
    var lines = new TreeMap<String, String>();
    BigInteger net = BigInteger.ZERO;
    for (int batch = 0; batch < 2; batch++) {
      for (int kind = 0; kind < 4; kind++) {
        String sku = PriceText.sku(kind, batch == 1);
        long unit = UNITS.unit(1, 0, kind, batch == 1);
        BigInteger amount =
            BigInteger.valueOf(unit).multiply(BigInteger.valueOf(sums[batch][kind]));
        net = net.add(amount);
        if (sums[batch][kind] > 0) {
          lines.put(
              sku,
              """
              {"kind":"USAGE","month":"2026-11","project_id":"11","model_id":1,"sku":"%s",\
              "price_sha256":"%s","window":0,"quantity":"%d","unit_pico":"%d",\
              "amount_pico":"%s"}"""
                  .formatted(sku, PRICE, sums[batch][kind], unit, amount));
        }
      }
    }
    lines.put("Z", "{\"kind\":\"TIER\",\"amount_pico\":\"-5\"}");
    return """
        {"number":"R1-2026-0001","organization_id":"7","month":"%s","currency":"USD",\
        "lines":[%s],"net_pico":"%s"}"""
        .formatted(month, String.join(",", lines.values()), net.subtract(BigInteger.valueOf(5)));
  }
}
