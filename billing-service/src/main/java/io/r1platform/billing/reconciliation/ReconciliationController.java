package io.r1platform.billing.reconciliation;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.money.Dollars;
import io.r1platform.billing.pages.ListPage;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Answers whether engine, usage and ledger say the same. */
@RestController
class ReconciliationController {
  /**
   * One comparison. Journal = {@code usage} + {@code rejected} + {@code undecided} in requests,
   * tokens and pico-dollars, once all that ended is shipped.
   *
   * @param asOf when it was compared; null: nothing has ever come
   * @param corrections the last 1,000 of them; {@code /corrections} has all
   * @param corrected how many there are
   * @param rejected held records of these days that nobody will be charged for
   * @param undecided held records of these days that nobody has decided
   * @param held all held records and receipts that nobody has decided, of whatever day
   */
  record Answer(
      @Nullable Instant asOf,
      @Nullable Instant completeThrough,
      List<Stream> streams,
      List<EngineStream> engineStreams,
      Tokens engine,
      Charged usage,
      Posted ledger,
      List<Cause> waived,
      List<Settled> settled,
      List<Correction> corrections,
      String corrected,
      Charged rejected,
      Charged undecided,
      String held,
      List<Difference> differences) {}

  /** What the journal of a day must be, as in {@link Answer}, and nothing that takes longer. */
  record JournalSide(Charged usage, Charged rejected, Charged undecided) {}

  /** Days that were compared by themselves, at night. */
  record Days(List<CheckedDays.Day> days) {}

  record Stream(
      String source,
      String replica,
      int epoch,
      String nextSeq,
      boolean closed,
      Instant seenAt,
      @Nullable Missing missing) {}

  /** Numbers that did not come though later ones did; {@code seconds} since that was seen. */
  record Missing(String firstSeq, String lastSeq, Instant since, String seconds) {}

  record EngineStream(String instanceId, String nextSeq, boolean ended) {}

  record Tokens(String requests, String input, String output) {}

  /** {@code cost} in dollars, {@code pico} the same in pico-dollars. */
  record Charged(String requests, String input, String output, String cost, String pico) {
    static Charged of(Comparison.Sum sum) {
      return new Charged(
          text(sum.requests()),
          text(sum.input()),
          text(sum.output()),
          Dollars.of(sum.pico()),
          text(sum.pico()));
    }
  }

  record Posted(String cost) {}

  record Cause(String cause, String requests, String input, String output) {}

  record Settled(String eventId, String what, String note, String input, String output) {}

  /** A held record that was confirmed: admitted on one day, posted on another. */
  record Correction(
      String eventId, String heldId, LocalDate admittedOn, LocalDate postedOn, String cost) {}

  record Corrections(List<Correction> corrections, @Nullable String next) {}

  record Difference(
      String eventId,
      String what,
      String engineInput,
      String engineOutput,
      String usageInput,
      String usageOutput,
      String cost) {}

  static final int DAYS_BACK = 35;

  private static final ListPage LAST = new ListPage(1_000, null, null);

  private final Comparison comparison;
  private final CheckedDays checked;
  private final Clock clock;

  ReconciliationController(Comparison comparison, CheckedDays checked, Clock clock) {
    this.comparison = comparison;
    this.checked = checked;
    this.clock = clock;
  }

  /** One day, or from one to another; without bounds the days that are kept hot, up to tomorrow. */
  @GetMapping("/internal/v1/reconciliation")
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  Answer reconcile(
      @RequestParam(required = false) @Nullable String day,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to) {
    if (day != null) {
      if (from != null || to != null) {
        throw ServiceException.invalidRequest("'day' stands alone, without 'from' and 'to'.");
      }
      return answer(day(day), day(day).plusDays(1));
    }
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return answer(
        from == null ? today.minusDays(DAYS_BACK) : day(from),
        to == null ? today.plusDays(2) : day(to));
  }

  /** Held records that were confirmed and are of these days, or posted on them. */
  @GetMapping("/internal/v1/reconciliation/corrections")
  Corrections corrections(
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      ListPage page) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    List<Correction> found =
        comparison.corrections(
            from == null ? today.minusDays(DAYS_BACK) : day(from),
            to == null ? today.plusDays(2) : day(to),
            page);
    return new Corrections(page.of(found), page.next(found, Correction::heldId));
  }

  /** A day's usage and held records alone. */
  @GetMapping("/internal/v1/reconciliation/usage")
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  JournalSide usage(@RequestParam String day) {
    LocalDate first = day(day);
    LocalDate end = first.plusDays(1);
    return new JournalSide(
        Charged.of(comparison.usage(first, end)),
        Charged.of(comparison.rejectedSum(first, end)),
        Charged.of(comparison.undecided(first, end)));
  }

  /** What the comparison of each hot day said last, the newest day first. */
  @GetMapping("/internal/v1/reconciliation/days")
  Days days() {
    return new Days(
        checked.since(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(DAYS_BACK)));
  }

  private Answer answer(LocalDate first, LocalDate end) {
    Instant now = clock.instant();
    List<Stream> streams = comparison.streams(now);
    Comparison.Sum engine = comparison.engine(first, end);
    List<Comparison.Rejected> rejected = comparison.rejected(first, end);
    return new Answer(
        streams.isEmpty() ? null : now,
        comparison.completeThrough(),
        streams,
        comparison.engineStreams(),
        new Tokens(text(engine.requests()), text(engine.input()), text(engine.output())),
        Charged.of(comparison.usage(first, end)),
        new Posted(Dollars.of(comparison.revenue(first, end))),
        comparison.waived(first, end).stream().map(ReconciliationController::cause).toList(),
        settled(first, end, rejected),
        LAST.of(comparison.corrections(first, end, LAST)),
        comparison.corrected(first, end).toString(),
        Charged.of(comparison.rejectedSum(first, end)),
        Charged.of(comparison.undecided(first, end)),
        Long.toString(comparison.held()),
        differences(first, end));
  }

  private List<Settled> settled(
      LocalDate first, LocalDate end, List<Comparison.Rejected> rejected) {
    var settled = new ArrayList<Settled>();
    comparison.mismatches(true, first, end).stream()
        .filter(mismatch -> !"REJECTED".equals(mismatch.what()))
        .map(ReconciliationController::settled)
        .forEach(settled::add);
    for (Comparison.Rejected one : rejected) {
      settled.add(
          new Settled(
              one.eventId().toString(),
              "REJECTED",
              one.note(),
              text(one.input()),
              text(one.output())));
    }
    return settled;
  }

  private List<Difference> differences(LocalDate first, LocalDate end) {
    var found = new ArrayList<Difference>();
    for (Comparison.Mismatch mismatch : comparison.mismatches(false, first, end)) {
      found.add(difference(mismatch.eventId().toString(), mismatch.difference(), mismatch));
    }
    for (String broken : comparison.lawBroken(first, end)) {
      found.add(new Difference("", "usage and ledger differ: " + broken, "0", "0", "0", "0", "0"));
    }
    return found;
  }

  private static Difference difference(String id, String what, Comparison.Mismatch mismatch) {
    return new Difference(
        id,
        what,
        text(mismatch.engineInput()),
        text(mismatch.engineOutput()),
        text(mismatch.usageInput()),
        text(mismatch.usageOutput()),
        Dollars.of(mismatch.pico()));
  }

  private static Cause cause(Comparison.Waived waived) {
    Comparison.Sum sum = waived.sum();
    return new Cause(waived.cause(), text(sum.requests()), text(sum.input()), text(sum.output()));
  }

  private static Settled settled(Comparison.Mismatch mismatch) {
    String what = String.valueOf(mismatch.what());
    String note =
        switch (what) {
          case "LOST" -> "its gateway died before the final record: nothing was charged";
          case "ENGINE_DIED" ->
              "the engine died before its receipt: what the gateway received was charged";
          case "FOREIGN" -> "a foreign upstream, without receipts: what its usage said was charged";
          case "NO_OUTPUT" -> "no output token: nothing was charged";
          case "LATE_STOP" ->
              "the engine's count came too late: what the gateway received was charged";
          case "OVERRUN" -> "more than was asked for: the surplus was not charged";
          case "RETRY" -> "an attempt that the platform repeated: not charged";
          default -> throw new IllegalStateException("unknown cause " + what);
        };
    return new Settled(
        mismatch.eventId().toString(),
        what,
        note,
        text(mismatch.engineInput().subtract(mismatch.usageInput())),
        text(mismatch.engineOutput().subtract(mismatch.usageOutput())));
  }

  private static String text(Number number) {
    return number.toString();
  }

  private static LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest("'from' and 'to' are days such as 2026-11-22.");
    }
  }
}
