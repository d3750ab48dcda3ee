package io.r1platform.billing.usage;

import io.r1platform.billing.budgets.LeaseIds;
import io.r1platform.billing.errors.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of one gateway's stream, checked against its hash.
 *
 * @param stream whose it is
 * @param firstSeq sequence number of the first item; the others follow without a gap
 * @param items at most 5,000; none is a sign of life
 */
record UsageBatch(Stream stream, long firstSeq, List<Item> items) {
  static final int MOST_ITEMS = 5_000;
  private static final int MAGIC = 0x52315542; // R1UB
  private static final int VERSION = 1;
  private static final int GATEWAY = 1;
  private static final int HEADER_BYTES = 64;
  private static final int HASH_BYTES = 32;
  private static final int LEASE_BYTES = 4 * Long.BYTES;

  /** One replica's records between two fencings. */
  record Stream(String source, long replica, int epoch) {}

  /**
   * One record with its place in the stream.
   *
   * @param seq its sequence number
   * @param record what it says
   * @param leaf its content hash, 64 hex digits
   * @param leases what its hold was taken from
   */
  record Item(long seq, UsageRecord record, String leaf, LeaseIds leases) {}

  UsageBatch {
    items = List.copyOf(items);
  }

  /**
   * Reads a whole batch.
   *
   * @throws ServiceException {@code bad_batch} if the bytes are not exactly one batch
   */
  static UsageBatch read(InputStream body) throws IOException {
    byte[] head = body.readNBytes(HEADER_BYTES);
    if (head.length < HEADER_BYTES) {
      throw ServiceException.badBatch("the header takes 64 bytes, got " + head.length);
    }
    var header = ByteBuffer.wrap(head);
    require(header.getInt() == MAGIC, "it does not begin with R1UB");
    require(header.getShort() == VERSION, "its version is not 1");
    require(header.get() == GATEWAY, "its source is not a gateway");
    header.get();
    var stream = new Stream("gateway", header.getLong(), header.getInt());
    int count = header.getInt();
    long firstSeq = header.getLong();
    require(count >= 0 && count <= MOST_ITEMS, "it must have 0 to 5,000 items, not " + count);
    require(firstSeq >= 1, "its first sequence number is " + firstSeq);
    int size = count * (UsageRecord.BYTES + LEASE_BYTES);
    byte[] rest = body.readNBytes(size);
    require(rest.length == size && body.read() < 0, "its length does not fit its count");
    byte[] expected = new byte[HASH_BYTES];
    header.get(expected);
    require(MessageDigest.isEqual(expected, sha256(rest)), "its hash does not fit its bytes");
    return new UsageBatch(stream, firstSeq, items(rest, firstSeq, count));
  }

  private static List<Item> items(byte[] rest, long firstSeq, int count) {
    var items = new ArrayList<Item>(count);
    var buffer = ByteBuffer.wrap(rest);
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[UsageRecord.BYTES];
      buffer.get(bytes);
      var leases =
          new LeaseIds(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
      var record = UsageRecord.read(ByteBuffer.wrap(bytes));
      items.add(new Item(firstSeq + i, record, UsageRecord.leaf(bytes), leases));
    }
    return items;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw ServiceException.badBatch(otherwise);
    }
  }
}
