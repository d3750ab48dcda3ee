package io.r1platform.api.metering;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** A usage batch on the wire: 64 bytes of header, then 216 bytes for each record. */
final class UsageBatch {
  static final int HEADER = 64;
  static final int ITEM = UsageRecordCodec.SIZE + 4 * Long.BYTES;
  private static final short VERSION = 1;
  private static final byte GATEWAY = 1;

  private UsageBatch() {}

  /** A record with its leases: of credit, organization, project and key; 0 for none. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Item(byte[] record, long credit, long organization, long project, long key) {}

  static byte[] encode(long replicaId, int epoch, long firstSeq, List<Item> records) {
    ByteBuffer out = ByteBuffer.allocate(HEADER + ITEM * records.size());
    out.position(HEADER);
    for (Item item : records) {
      out.put(item.record);
      out.putLong(item.credit).putLong(item.organization).putLong(item.project).putLong(item.key);
    }
    byte[] hash = sha256(out.array(), HEADER, out.capacity() - HEADER);
    out.position(0);
    out.put("R1UB".getBytes(StandardCharsets.US_ASCII));
    out.putShort(VERSION).put(GATEWAY).put((byte) 0);
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
