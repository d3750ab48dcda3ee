package io.r1platform.api.metering;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * A usage batch on the wire: 64 bytes of header, then 216 bytes for each record. Where a record has
 * labels the batch is of version 2: after the records come each one's labels, a length of 4 bytes
 * and as many of JSON.
 */
final class UsageBatch {
  static final int HEADER = 64;
  static final int ITEM = UsageRecordCodec.SIZE + 4 * Long.BYTES;

  /** Most bytes of labels in a batch, without their lengths. */
  static final int MOST_LABEL_BYTES = 8 << 20;

  private static final short VERSION = 1;
  private static final short LABELLED = 2;
  private static final byte GATEWAY = 1;

  private UsageBatch() {}

  /**
   * A record with its leases: of credit, organization, project and key, 0 for none; and its labels,
   * no bytes for none.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Item(
      byte[] record, long credit, long organization, long project, long key, byte[] labels) {}

  static byte[] encode(long replicaId, int epoch, long firstSeq, List<Item> records) {
    int labels = records.stream().mapToInt(item -> item.labels.length).sum();
    int lengths = labels == 0 ? 0 : Integer.BYTES * records.size();
    ByteBuffer out = ByteBuffer.allocate(HEADER + ITEM * records.size() + lengths + labels);
    out.position(HEADER);
    for (Item item : records) {
      out.put(item.record);
      out.putLong(item.credit).putLong(item.organization).putLong(item.project).putLong(item.key);
    }
    if (labels > 0) {
      records.forEach(item -> out.putInt(item.labels.length).put(item.labels));
    }
    byte[] hash = sha256(out.array(), HEADER, out.capacity() - HEADER);
    out.position(0);
    out.put("R1UB".getBytes(StandardCharsets.US_ASCII));
    out.putShort(labels == 0 ? VERSION : LABELLED).put(GATEWAY).put((byte) 0);
    out.putLong(replicaId).putInt(epoch).putInt(records.size()).putLong(firstSeq).put(hash);
    return out.array();
  }

  private static byte[] sha256(byte[] bytes, int offset, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, offset, length);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
