package io.r1platform.billing.usage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Records and batches for tests, as a gateway would make them. */
public final class Samples {
  private static final long HIT_PICO = 140_000;
  private static final long MISS_PICO = 550_000;
  private static final long OUT_PICO = 2_190_000;
  private static final String NO_HASH = "00".repeat(32);

  private final RandomGenerator random;
  private final String priceSha256;
  private final Instant now;

  public Samples(RandomGenerator random, String priceSha256, Instant now) {
    this.random = random;
    this.priceSha256 = priceSha256;
    this.now = now;
  }

  /** A UUIDv7 of that moment. */
  public UUID id(Instant at) {
    long high = (at.toEpochMilli() << 16) | 0x7000L | random.nextLong(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** A charged, streamed request of model 2, some seconds old, priced right. */
  public UsageRecord charged(long tenant, int hit, int miss, int reasoning, int answer) {
    return at(now.minusSeconds(random.nextInt(60)), tenant, hit, miss, reasoning, answer);
  }

  /** The same, admitted then. */
  public UsageRecord at(
      Instant admitted, long tenant, int hit, int miss, int reasoning, int answer) {
    byte[] salt = new byte[16];
    random.nextBytes(salt);
    return new UsageRecord(
        1,
        1,
        1,
        2,
        id(admitted),
        tenant,
        tenant * 10,
        tenant * 100,
        micros(admitted),
        micros(admitted.plus(Duration.ofSeconds(2))),
        hit,
        miss,
        reasoning,
        answer,
        0,
        0,
        120,
        0,
        priceSha256,
        hit * HIT_PICO + miss * MISS_PICO + (reasoning + answer) * OUT_PICO,
        HexFormat.of().formatHex(salt),
        NO_HASH);
  }

  /** A charged request with random counts. */
  public UsageRecord any(long tenant) {
    return charged(
        tenant,
        random.nextInt(2_000),
        random.nextInt(2_000),
        1 + random.nextInt(5_000),
        random.nextInt(2_000));
  }

  /** A request that ended that way without a charged token. */
  public UsageRecord free(long tenant, int finish, int flags) {
    UsageRecord r = charged(tenant, 0, 0, 0, 0);
    return with(r, finish, flags, 0, 0);
  }

  /** The record with another end, other flags and waived counts. */
  public static UsageRecord with(
      UsageRecord r, int finish, int flags, int waivedIn, int waivedOut) {
    return new UsageRecord(
        r.version(),
        finish,
        flags,
        r.modelId(),
        r.eventId(),
        r.tenantId(),
        r.projectId(),
        r.keyId(),
        r.admittedMicros(),
        r.finishedMicros(),
        r.hit(),
        r.miss(),
        r.reasoning(),
        r.answer(),
        waivedIn,
        waivedOut,
        r.ttftMillis(),
        r.window(),
        r.priceSha256(),
        r.amountPico(),
        r.salt(),
        r.outputSha256());
  }

  /** The same as a line of a batch, at half of the list. */
  public static UsageRecord ofBatch(UsageRecord r) {
    UsageRecord batch = with(r, r.finish(), r.flags() | 8, r.waivedIn(), r.waivedOut());
    return withAmount(batch, r.amountPico() / 2);
  }

  /** The record with another amount. */
  public static UsageRecord withAmount(UsageRecord r, long amountPico) {
    var bytes = ByteBuffer.wrap(r.bytes());
    bytes.putLong(128, amountPico);
    return UsageRecord.read(bytes);
  }

  /** The record with other bytes at one place. */
  public static UsageRecord withInt(UsageRecord r, int offset, int value) {
    var bytes = ByteBuffer.wrap(r.bytes());
    bytes.putInt(offset, value);
    return UsageRecord.read(bytes);
  }

  /** The bytes of a batch. */
  public static byte[] batch(long replica, int epoch, long firstSeq, List<UsageRecord> records) {
    return batch(replica, epoch, firstSeq, records, List.of());
  }

  /** The bytes of a batch whose records have labels, JSON or nothing; without a list, none. */
  public static byte[] batch(
      long replica, int epoch, long firstSeq, List<UsageRecord> records, List<String> labels) {
    List<byte[]> json =
        labels.stream().map(label -> label.getBytes(StandardCharsets.UTF_8)).toList();
    int more = json.stream().mapToInt(label -> 4 + label.length).sum();
    var rest = ByteBuffer.allocate(records.size() * 216 + more);
    for (UsageRecord record : records) {
      rest.put(record.bytes()).putLong(7).putLong(0).putLong(0).putLong(0);
    }
    json.forEach(label -> rest.putInt(label.length).put(label));
    int version = labels.isEmpty() ? 1 : 2;
    var batch = ByteBuffer.allocate(64 + rest.capacity());
    batch.putInt(0x52315542).putShort((short) version).put((byte) 1).put((byte) 0);
    batch.putLong(replica).putInt(epoch).putInt(records.size()).putLong(firstSeq);
    try {
      batch.put(MessageDigest.getInstance("SHA-256").digest(rest.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return batch.put(rest.array()).array();
  }

  private static long micros(Instant moment) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
  }
}
