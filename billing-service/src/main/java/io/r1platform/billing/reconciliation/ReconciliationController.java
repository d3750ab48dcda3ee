package io.r1platform.billing.reconciliation;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.money.Dollars;
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
  record Answer(
      @Nullable Instant asOf,
      List<Stream> streams,
      List<EngineStream> engineStreams,
      Tokens engine,
      Charged usage,
      Posted ledger,
      List<Cause> waived,
      List<Settled> settled,
      String held,
      List<Difference> differences) {}

  record Stream(
      String source, String replica, int epoch, String nextSeq, boolean closed, Instant seenAt) {}

  record EngineStream(String instanceId, String nextSeq, boolean ended) {}

  record Tokens(String requests, String input, String output) {}

  record Charged(String requests, String input, String output, String cost) {}

  record Posted(String cost) {}

  record Cause(String cause, String requests, String input, String output) {}

  record Settled(String eventId, String what, String note, String input, String output) {}

  record Difference(
      String eventId,
      String what,
      String engineInput,
      String engineOutput,
      String usageInput,
      String usageOutput,
      String cost) {}

  private static final int DAYS_BACK = 35;

  private final Comparison comparison;
  private final Clock clock;

  ReconciliationController(Comparison comparison, Clock clock) {
    this.comparison = comparison;
    this.clock = clock;
  }

  /** Without bounds: the days that are kept hot, up to tomorrow. */
  @GetMapping("/internal/v1/reconciliation")
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  Answer reconcile(
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LocalDate first = from == null ? today.minusDays(DAYS_BACK) : day(from);
    LocalDate end = to == null ? today.plusDays(2) : day(to);
    List<Stream> streams = comparison.streams();
    Comparison.Sum engine = comparison.engine(first, end);
    Comparison.Sum usage = comparison.usage(first, end);
    return new Answer(
        streams.stream().map(Stream::seenAt).max(Instant::compareTo).orElse(null),
        streams,
        comparison.engineStreams(),
        new Tokens(text(engine.requests()), text(engine.input()), text(engine.output())),
        new Charged(
            text(usage.requests()),
            text(usage.input()),
            text(usage.output()),
            Dollars.of(usage.pico())),
        new Posted(Dollars.of(comparison.revenue(first, end))),
        comparison.waived(first, end).stream().map(ReconciliationController::cause).toList(),
        comparison.mismatches(true, first, end).stream()
            .map(ReconciliationController::settled)
            .toList(),
        Long.toString(comparison.held()),
        differences(first, end));
  }

  private List<Difference> differences(LocalDate first, LocalDate end) {
    var found = new ArrayList<Difference>();
    for (Comparison.Mismatch mismatch : comparison.mismatches(false, first, end)) {
      found.add(
          difference(
              mismatch.eventId().toString(),
              !mismatch.hasUsage()
                  ? "engine receipt without usage record"
                  : !mismatch.hasEngine()
                      ? "usage record without engine receipt"
                      : "engine and usage count differently",
              mismatch));
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
