package io.r1platform.billing.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Something that happened, as transfers. A correction is the reversal of a journal and a new one.
 *
 * @param id of what it records, by {@link #idOf}: a repeat has the same
 * @param kind why it was posted
 * @param ref names and values that lead to its cause, for people
 * @param transfers none is a journal without money, which is posted as well
 */
public record Journal(UUID id, Kind kind, Map<String, String> ref, List<Transfer> transfers) {
  private static final int MOST_REF_VALUE = 500;

  /** Why a journal is posted; reversals are made by {@link Ledger#reverse} only. */
  public enum Kind {
    /** Charged requests. */
    USAGE,
    /** Credit bought. */
    TOP_UP,
    /** Credit given. */
    GRANT,
    /** A change of an expiry that was booked ahead. */
    EXPIRY,
    /** Money for what is owed. */
    PAYMENT,
    /** Discounts, commitments, corrected prices. */
    ADJUST,
    /** An invoice or a credit note. */
    INVOICE,
    /** What takes another journal back. */
    REVERSAL
  }

  /** Copies and checks. */
  public Journal {
    ref = Map.copyOf(ref);
    transfers = List.copyOf(transfers);
    if (kind == Kind.REVERSAL) {
      throw new IllegalArgumentException("a reversal is made by Ledger.reverse");
    }
    checkRef(ref);
  }

  static void checkRef(Map<String, String> ref) {
    if (ref.values().stream().anyMatch(value -> value.length() > MOST_REF_VALUE)) {
      throw new IllegalArgumentException("a reference longer than " + MOST_REF_VALUE);
    }
  }

  /** The id of what {@code name} names: {@code command|<id>}, {@code usage|<stream position>}. */
  public static UUID idOf(String name) {
    byte[] hash = sha256(name);
    hash[6] = (byte) ((hash[6] & 0x0f) | 0x80); // version 8: made by us
    hash[8] = (byte) ((hash[8] & 0x3f) | 0x80); // the usual variant
    var bytes = ByteBuffer.wrap(hash);
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  /** The id of what a command posts. */
  public static UUID idOf(UUID commandId) {
    return idOf("command|" + commandId);
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
