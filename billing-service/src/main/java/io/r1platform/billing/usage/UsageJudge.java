package io.r1platform.billing.usage;

import io.r1platform.billing.prices.Book;
import io.r1platform.billing.prices.PriceVersion;
import io.r1platform.billing.prices.Rated;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides what may be posted: the record is sound, neither late nor from the future, and its
 * version, window and amount are what the price book gives for its admission. A pure function of
 * the record, the published book and the time.
 */
final class UsageJudge {
  static final Duration LATEST = Duration.ofDays(35);
  static final Duration MOST_AHEAD = Duration.ofMinutes(5);
  private static final Duration MOST_BETWEEN_ID_AND_ADMISSION = Duration.ofHours(1);
  private static final int UUID_VERSION = 7;
  private static final int UUID_VARIANT = 2;

  sealed interface Verdict permits Postable, Held {}

  /**
   * May be posted.
   *
   * @param version the version it was rated by
   */
  record Postable(PriceVersion version) implements Verdict {}

  /** Must be held. */
  record Held(HeldReason reason) implements Verdict {}

  private final Book book;
  private final Instant now;

  UsageJudge(Book book, Instant now) {
    this.book = book;
    this.now = now;
  }

  Verdict judge(UsageRecord record) {
    if (!isSound(record)) {
      return new Held(HeldReason.MALFORMED);
    }
    Instant newest = now.plus(MOST_AHEAD);
    if (record.admittedAt().isAfter(newest) || record.finishedAt().isAfter(newest)) {
      return new Held(HeldReason.FUTURE);
    }
    if (record.admittedAt().isBefore(now.minus(LATEST))) {
      return new Held(HeldReason.LATE);
    }
    return rate(record);
  }

  /**
   * Decides what a person may release: as {@link #judge}, but what is late, or has another amount
   * than its price version gives, is posted as it was recorded.
   */
  Verdict release(UsageRecord record) {
    return switch (judge(record)) {
      case Postable postable -> postable;
      case Held(HeldReason why) when why == HeldReason.LATE || why == HeldReason.PRICE_MISMATCH -> {
        PriceVersion version = book.version(record.priceSha256()).orElse(null);
        yield version == null || version.reference()
            ? new Held(HeldReason.UNKNOWN_PRICE)
            : new Postable(version);
      }
      case Held held -> held;
    };
  }

  private Verdict rate(UsageRecord record) {
    PriceVersion version = book.version(record.priceSha256()).orElse(null);
    if (version == null || !version.prices(record.modelId())) {
      return new Held(HeldReason.UNKNOWN_PRICE);
    }
    Optional<Rated> rated;
    try {
      rated = book.rate(record.charge());
    } catch (ArithmeticException e) {
      return new Held(HeldReason.MALFORMED);
    }
    boolean same =
        rated.isPresent()
            && rated.get().version().contentSha256().equals(record.priceSha256())
            && rated.get().window() == record.window()
            && rated.get().amountPico() == record.amountPico();
    return same ? new Postable(version) : new Held(HeldReason.PRICE_MISMATCH);
  }

  private static boolean isSound(UsageRecord record) {
    boolean charged = (record.hit() | record.miss()) != 0;
    boolean generated = (record.reasoning() | record.answer()) != 0;
    return record.version() == 1
        && record.finish() >= 1
        && record.finish() <= 8
        && (record.hit() | record.miss() | record.reasoning() | record.answer()) >= 0
        && (record.waivedIn() | record.waivedOut()) >= 0
        && record.amountPico() >= 0
        && (generated || !charged) // without an output token, a request is free
        && record.eventId().version() == UUID_VERSION
        && record.eventId().variant() == UUID_VARIANT
        && near(record.mintedAt(), record.admittedAt())
        && !record.finishedAt().isBefore(record.admittedAt().minus(MOST_BETWEEN_ID_AND_ADMISSION));
  }

  private static boolean near(Instant minted, Instant admitted) {
    return Duration.between(minted, admitted).abs().compareTo(MOST_BETWEEN_ID_AND_ADMISSION) <= 0;
  }
}
