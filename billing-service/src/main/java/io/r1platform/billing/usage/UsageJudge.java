package io.r1platform.billing.usage;

import io.r1platform.billing.money.Pico;
import io.r1platform.billing.prices.PriceVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides what may be posted: the record is sound, neither late nor from the future, and its amount
 * is what its frozen price version gives for its tokens. A pure function of the record, the
 * published versions and the time.
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

  private final Map<String, PriceVersion> versions;
  private final Instant now;

  UsageJudge(List<PriceVersion> published, Instant now) {
    this.versions =
        published.stream()
            .collect(Collectors.toMap(PriceVersion::contentSha256, Function.identity()));
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

  private Verdict rate(UsageRecord record) {
    PriceVersion version = versions.get(record.priceSha256());
    if (version == null) {
      return new Held(HeldReason.UNKNOWN_PRICE);
    }
    if (!version.chargeableAt(record.admittedAt())) {
      return new Held(HeldReason.PRICE_MISMATCH);
    }
    Optional<Pico> amount;
    try {
      amount = version.rate(record.charge());
    } catch (ArithmeticException e) {
      return new Held(HeldReason.MALFORMED);
    }
    if (amount.isEmpty()) {
      return new Held(HeldReason.UNKNOWN_PRICE);
    }
    return amount.get().value() == record.amountPico()
        ? new Postable(version)
        : new Held(HeldReason.PRICE_MISMATCH);
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
