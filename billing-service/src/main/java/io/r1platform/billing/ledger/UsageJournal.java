package io.r1platform.billing.ledger;

import static io.r1platform.billing.ledger.Account.ACCRUED;
import static io.r1platform.billing.ledger.Account.REVENUE;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Map;
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
      return Journal.idOf("usage|%s|%d|%d|%d".formatted(source, replica, epoch, firstSeq));
    }

    private Map<String, String> ref() {
      return Map.of(
          "source", source,
          "replica", Long.toString(replica),
          "epoch", Integer.toString(epoch),
          "first_seq", Long.toString(firstSeq),
          "last_seq", Long.toString(lastSeq));
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

  Journal journal() {
    var transfers = new ArrayList<Transfer>();
    amounts.forEach(
        (line, amount) -> {
          if (amount.signum() != 0) {
            transfers.add(
                new Transfer(line.tenantId, line.currency, line.day, ACCRUED, REVENUE, amount));
          }
        });
    return new Journal(position.journalId(), Journal.Kind.USAGE, position.ref(), transfers);
  }
}
