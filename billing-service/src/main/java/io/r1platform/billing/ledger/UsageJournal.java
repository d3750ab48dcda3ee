package io.r1platform.billing.ledger;

import static io.r1platform.billing.ledger.Account.ACCRUED;
import static io.r1platform.billing.ledger.Account.BREAKAGE;
import static io.r1platform.billing.ledger.Account.PROMO_EXPENSE;
import static io.r1platform.billing.ledger.Account.REVENUE;
import static io.r1platform.billing.ledger.Account.WALLET_PAID;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one batch of usage posts: per tenant, currency and UTC day of admission, the amount.
 *
 * @param position which part of which stream it records; at most one journal has it
 * @param amounts pico-dollars, none negative; zeros are not posted
 * @param covered what credit paid of them; the rest is accrued
 */
public record UsageJournal(
    Position position, SortedMap<Line, BigInteger> amounts, List<Covered> covered) {

  /**
   * A part that credit paid; it releases as much of what was booked for the day of its expiry.
   *
   * @param line whose, and when
   * @param wallet {@code WALLET_PAID} or {@code WALLET_PROMO}
   * @param amount pico, more than 0
   * @param expiresOn when the credit would have expired; null: never
   */
  public record Covered(
      Line line, Account wallet, BigInteger amount, @Nullable LocalDate expiresOn) {
    private List<Transfer> transfers() {
      var draw = new Transfer(line.tenantId, line.currency, line.day, wallet, REVENUE, amount);
      if (expiresOn == null) {
        return List.of(draw);
      }
      Account kept = wallet == WALLET_PAID ? BREAKAGE : PROMO_EXPENSE;
      return List.of(
          draw, new Transfer(line.tenantId, line.currency, expiresOn, kept, wallet, amount));
    }
  }

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
    covered = List.copyOf(covered);
    for (BigInteger amount : amounts.values()) {
      if (amount.signum() < 0) {
        throw new IllegalArgumentException("negative usage: " + amount);
      }
    }
  }

  Journal journal() {
    var transfers = new ArrayList<Transfer>();
    var owed = new TreeMap<Line, BigInteger>(amounts);
    for (Covered part : covered) {
      owed.merge(part.line, part.amount.negate(), BigInteger::add);
      transfers.addAll(part.transfers());
    }
    owed.forEach(
        (line, amount) -> {
          if (amount.signum() < 0) {
            throw new IllegalStateException("credit paid more than was charged: " + line);
          }
          if (amount.signum() > 0) {
            transfers.add(
                new Transfer(line.tenantId, line.currency, line.day, ACCRUED, REVENUE, amount));
          }
        });
    return new Journal(position.journalId(), Journal.Kind.USAGE, position.ref(), transfers);
  }
}
