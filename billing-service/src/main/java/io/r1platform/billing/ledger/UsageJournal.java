package io.r1platform.billing.ledger;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What one batch of usage posts: per tenant, currency and UTC day of admission, the amount.
 *
 * @param position which part of which stream it records; at most one journal has it
 * @param amounts pico-dollars, none negative; zeros are not posted
 */
public record UsageJournal(Position position, SortedMap<Line, BigInteger> amounts) {

  /**
   * A stretch of a gapless stream.
   *
   * @param source who ships it
   * @param replica the shipping replica
   * @param epoch the replica's epoch
   * @param firstSeq first sequence number recorded
   * @param lastSeq last one
   */
  public record Position(String source, long replica, int epoch, long firstSeq, long lastSeq) {
    /** The journal's id: a hash of the stream and the first sequence number. */
    public UUID journalId() {
      String name = "usage|%s|%d|%d|%d".formatted(source, replica, epoch, firstSeq);
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        hash[6] = (byte) ((hash[6] & 0x0f) | 0x80); // version 8: made by us
        hash[8] = (byte) ((hash[8] & 0x3f) | 0x80); // the usual variant
        var bytes = ByteBuffer.wrap(hash);
        return new UUID(bytes.getLong(), bytes.getLong());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Where an amount goes.
   *
   * @param tenantId whose accounts
   * @param currency ISO 4217
   * @param day UTC day of admission
   */
  public record Line(long tenantId, String currency, LocalDate day) implements Comparable<Line> {
    @Override
    public int compareTo(Line other) {
      int byTenant = Long.compare(tenantId, other.tenantId);
      int byCurrency = byTenant != 0 ? byTenant : currency.compareTo(other.currency);
      return byCurrency != 0 ? byCurrency : day.compareTo(other.day);
    }
  }

  /** Copies the amounts. */
  public UsageJournal {
    amounts = new TreeMap<>(amounts);
    for (BigInteger amount : amounts.values()) {
      if (amount.signum() < 0) {
        throw new IllegalArgumentException("negative usage: " + amount);
      }
    }
  }
}
