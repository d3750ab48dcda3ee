package io.r1platform.billing.usage;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The batches of a stream, made again at will: the same stream and number give the same bytes.
 * Cheap to make, because whoever measures pays for it too: only ids and times differ between
 * batches.
 */
final class Traffic {
  private static final int LEASES = 4;
  private static final int ITEM_BYTES = UsageRecord.BYTES + LEASES * Long.BYTES;
  private static final int HEADER_BYTES = 64;

  /** Organizations, from 1; record i of a batch is of the one after i modulo so many. */
  static final int TENANTS = 50;

  private static final int MILLIS_A_BATCH = 20;

  private final byte[] template;
  private final int size;
  private final long baseMillis;
  private final Map<Integer, long[][]> leases = new HashMap<>();

  Traffic(String priceSha256, Instant base, int size) {
    var samples = new Samples(new Random(5), priceSha256, base);
    this.template =
        Samples.batch(
            0, 1, 1, IntStream.range(0, size).mapToObj(i -> samples.any(1 + i % TENANTS)).toList());
    this.size = size;
    this.baseMillis = base.toEpochMilli();
  }

  /** Lets that replica's records come from these leases, by organization. */
  void lease(int replica, long[][] ids) {
    leases.put(replica, ids);
  }

  int size() {
    return size;
  }

  /** Batch {@code number}, from 0, of the stream of that replica. */
  byte[] batch(int replica, int number) {
    byte[] bytes = template.clone();
    var batch = ByteBuffer.wrap(bytes);
    long[][] mine = leases.get(replica);
    long seed = ((long) replica << 48) | ((long) number << 16);
    for (int i = 0; i < size; i++) {
      int at = HEADER_BYTES + i * ITEM_BYTES;
      long millis = baseMillis + (long) number * MILLIS_A_BATCH + (long) i * MILLIS_A_BATCH / size;
      long mixed = mix(seed + i);
      batch.putLong(at + 8, (millis << 16) | 0x7000L | (i & 0xfff));
      batch.putLong(at + 16, (mixed & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L);
      batch.putLong(at + 48, millis * 1_000);
      batch.putLong(at + 56, millis * 1_000 + 2_000_000);
      batch.putLong(at + 136, mixed);
      for (int scope = 0; mine != null && scope < LEASES; scope++) {
        batch.putLong(at + UsageRecord.BYTES + scope * Long.BYTES, mine[1 + i % TENANTS][scope]);
      }
    }
    batch.putLong(8, replica).putLong(24, 1 + (long) number * size);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
      batch.put(32, digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return bytes;
  }

  private static long mix(long value) {
    long z = value * 0x9e37_79b9_7f4a_7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return z ^ (z >>> 31);
  }
}
