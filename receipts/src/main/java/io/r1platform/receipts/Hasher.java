package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hashes of RFC 6962 and of the sum tree. One thread at a time. */
public final class Hasher {
  private static final byte LEAF = 0;
  private static final byte NODE = 1;
  private static final byte SUM_NODE = 2;

  private final MessageDigest digest;
  private final byte[] result = new byte[Hash.BYTES];
  private final ByteBuffer pair = ByteBuffer.allocate(1 + 2 * Hash.BYTES);
  private final ByteBuffer sums = ByteBuffer.allocate(1 + 2 * (Hash.BYTES + Sums.BYTES));

  /** With a digest of its own. */
  public Hasher() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code SHA-256(data)}. */
  public Hash plain(byte[] data) {
    digest.update(data);
    return finish();
  }

  /** {@code SHA-256(0x00 ‖ data)}: the leaf of an entry. */
  public Hash leaf(byte[] data) {
    digest.update(LEAF);
    digest.update(data);
    return finish();
  }

  /** {@code SHA-256(0x01 ‖ left ‖ right)}. */
  public Hash node(Hash left, Hash right) {
    pair.clear().put(NODE);
    left.write(pair);
    right.write(pair);
    digest.update(pair.array());
    return finish();
  }

  /** {@code SHA-256(0x02 ‖ left ‖ its sums ‖ right ‖ its sums)}. */
  Hash sumNode(Hash left, Sums ofLeft, Hash right, Sums ofRight) {
    sums.clear().put(SUM_NODE);
    left.write(sums);
    ofLeft.write(sums);
    right.write(sums);
    ofRight.write(sums);
    digest.update(sums.array());
    return finish();
  }

  private Hash finish() {
    try {
      digest.digest(result, 0, result.length);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    return Hash.read(ByteBuffer.wrap(result));
  }
}
