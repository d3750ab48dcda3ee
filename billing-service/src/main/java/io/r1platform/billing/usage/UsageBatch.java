package io.r1platform.billing.usage;

import io.r1platform.billing.budgets.LeaseIds;
import io.r1platform.billing.errors.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final int LABELLED = 2;
  private static final int GATEWAY = 1;
  private static final int HEADER_BYTES = 64;
  private static final int HASH_BYTES = 32;
  private static final int LEASE_BYTES = 4 * Long.BYTES;
  private static final int LABEL_BYTES = 65_536;
  private static final int MOST_LABEL_BYTES = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(UsageBatch.class);

  /** One replica's records between two fencings. */
  record Stream(String source, long replica, int epoch) {}

  /**
   * One record with its place in the stream.
   *
   * @param seq its sequence number
   * @param record what it says
   * @param leaf its content hash, 64 hex digits
   * @param leases what its hold was taken from
   * @param labels what its caller calls it
   */
  record Item(long seq, UsageRecord record, String leaf, LeaseIds leases, Labels labels) {}

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
    short version = header.getShort();
    require(version == VERSION || version == LABELLED, "its version is neither 1 nor 2");
    require(header.get() == GATEWAY, "its source is not a gateway");
    header.get();
    var stream = new Stream("gateway", header.getLong(), header.getInt());
    int count = header.getInt();
    long firstSeq = header.getLong();
    require(count >= 0 && count <= MOST_ITEMS, "it must have 0 to 5,000 items, not " + count);
    require(firstSeq >= 1, "its first sequence number is " + firstSeq);
    int size = count * (UsageRecord.BYTES + LEASE_BYTES);
    int most = version == VERSION ? 0 : count * Integer.BYTES + MOST_LABEL_BYTES;
    byte[] rest = body.readNBytes(size + most);
    require(
        (version == LABELLED ? rest.length > size : rest.length == size) && body.read() < 0,
        "its length does not fit its count");
    byte[] expected = new byte[HASH_BYTES];
    header.get(expected);
    require(MessageDigest.isEqual(expected, sha256(rest)), "its hash does not fit its bytes");
    List<Labels> labels =
        version == VERSION
            ? Collections.nCopies(count, Labels.NONE)
            : labels(ByteBuffer.wrap(rest).position(size), count);
    return new UsageBatch(stream, firstSeq, items(rest, firstSeq, labels));
  }

  private static List<Labels> labels(ByteBuffer from, int count) {
    var labels = new ArrayList<Labels>(count);
    for (int i = 0; i < count; i++) {
      int length = from.remaining() < Integer.BYTES ? -1 : from.getInt();
      require(
          length >= 0 && length <= LABEL_BYTES && length <= from.remaining(),
          "its labels do not fit its length");
      byte[] json = new byte[length];
      from.get(json);
      Labels read = Labels.read(json);
      if (read == null) {
        LOG.error("Labels of a request cannot be kept; it is charged without them");
      }
      labels.add(read == null ? Labels.NONE : read);
    }
    require(!from.hasRemaining(), "its labels do not fit its length");
    return labels;
  }

  private static List<Item> items(byte[] rest, long firstSeq, List<Labels> labels) {
    var items = new ArrayList<Item>(labels.size());
    var buffer = ByteBuffer.wrap(rest);
    for (int i = 0; i < labels.size(); i++) {
      byte[] bytes = new byte[UsageRecord.BYTES];
      buffer.get(bytes);
      var leases =
          new LeaseIds(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
      var record = UsageRecord.read(ByteBuffer.wrap(bytes));
      items.add(new Item(firstSeq + i, record, UsageRecord.leaf(bytes), leases, labels.get(i)));
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
