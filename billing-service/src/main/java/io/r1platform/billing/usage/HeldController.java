package io.r1platform.billing.usage;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What waits for a person: records and receipts that are held, numbers that streams are missing.
 */
@RestController
@RequestMapping("/internal/v1")
final class HeldController {
  private static final int LONGEST_WHY = 500;

  record Records(List<HeldViews.HeldRecord> records, @Nullable String next) {}

  record Receipts(List<HeldViews.HeldReceipt> receipts, @Nullable String next) {}

  record Decided(@Nullable String decision, @Nullable String why, @Nullable String by) {}

  record GivenUp(
      @Nullable String replica,
      @Nullable Integer epoch,
      @Nullable String firstSeq,
      @Nullable String lastSeq,
      @Nullable String why,
      @Nullable String by) {}

  private final HeldViews views;
  private final HeldDecisions decisions;
  private final Holes holes;

  HeldController(HeldViews views, HeldDecisions decisions, Holes holes) {
    this.views = views;
    this.decisions = decisions;
    this.holes = holes;
  }

  @GetMapping("/held")
  Records held(@RequestParam(defaultValue = "true") boolean open, ListPage page) {
    List<HeldViews.HeldRecord> found = views.records(open, page);
    return new Records(page.of(found), page.next(found, HeldViews.HeldRecord::id));
  }

  @GetMapping("/held/receipts")
  Receipts receipts(@RequestParam(defaultValue = "true") boolean open, ListPage page) {
    List<HeldViews.HeldReceipt> found = views.receipts(open, page);
    return new Receipts(page.of(found), page.next(found, HeldViews.HeldReceipt::id));
  }

  @PostMapping("/held/{id}/decision")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void decide(@PathVariable long id, @RequestBody Decided body) {
    decisions.decide(id, decision(body), text("why", body.why), text("by", body.by));
  }

  @PostMapping("/held/receipts/{id}/decision")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void decideReceipt(@PathVariable long id, @RequestBody Decided body) {
    if (decision(body) != HeldDecisions.Decision.REJECTED) {
      throw ServiceException.notConfirmable("a receipt is no charge; it can only be rejected.");
    }
    decisions.rejectReceipt(id, text("why", body.why), text("by", body.by));
  }

  @PostMapping("/streams/holes")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void settleHole(@RequestBody GivenUp body) {
    if (body.epoch == null) {
      throw ServiceException.invalidRequest("'epoch' is missing.");
    }
    var stream = new UsageBatch.Stream("gateway", number("replica", body.replica), body.epoch);
    holes.settle(
        stream,
        number("first_seq", body.firstSeq),
        number("last_seq", body.lastSeq),
        text("why", body.why),
        text("by", body.by));
  }

  private static HeldDecisions.Decision decision(Decided body) {
    return switch (String.valueOf(body.decision)) {
      case "confirm" -> HeldDecisions.Decision.CONFIRMED;
      case "reject" -> HeldDecisions.Decision.REJECTED;
      default -> throw ServiceException.invalidRequest("'decision' is 'confirm' or 'reject'.");
    };
  }

  private static String text(String name, @Nullable String value) {
    if (value == null || value.isBlank() || value.length() > LONGEST_WHY) {
      throw ServiceException.invalidRequest(
          "'%s' has 1 to %d characters.".formatted(name, LONGEST_WHY));
    }
    return value.strip();
  }

  private static long number(String name, @Nullable String value) {
    try {
      return Long.parseLong(String.valueOf(value));
    } catch (NumberFormatException e) {
      throw ServiceException.invalidRequest("'%s' is a whole number.".formatted(name));
    }
  }
}
