package io.r1platform.api.console;

import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/api/reconciliation}: billing compares engine, usage and ledger; the journal's
 * column is added here. The journal is read after billing, so what is unshipped then explains a
 * difference.
 */
@RestController
@RequestMapping("/admin/api/reconciliation")
final class ReconciliationController {
  private static final int ORPHANS = 1_000;

  /** One less than the journal and billing surely keep: their clocks need not be this one's. */
  private static final int DAYS_BACK = 34;

  private final Access access;
  private final BillingReports billing;
  private final JournalReports journal;
  private final Clock clock;

  ReconciliationController(
      Access access, BillingReports billing, JournalReports journal, Clock clock) {
    this.access = access;
    this.billing = billing;
    this.journal = journal;
    this.clock = clock;
  }

  @GetMapping
  JsonNode reconciliation(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var asked = Query.of(parameters, "from", "to", "day");
    LocalDate day = asked.day("day");
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LocalDate from = day != null ? day : or(asked.day("from"), today.minusDays(DAYS_BACK));
    LocalDate to = day != null ? day.plusDays(1) : or(asked.day("to"), today.plusDays(2));
    String both = "/internal/v1/reconciliation?from=%s&to=%s".formatted(from, to);
    ObjectNode report = billing.read(both);
    JournalReports.Summary summary = journal.summary(from, to);
    report
        .putObject("journal")
        .put("requests", Long.toString(summary.finals()))
        .put("input", summary.input().toString())
        .put("output", summary.output().toString())
        .put("cost", Dollars.of(summary.costPico()))
        .put("admitted", Long.toString(summary.admitted()))
        .put("open", Long.toString(summary.open()))
        .put("unshipped", Long.toString(summary.unshipped()))
        .put("orphans", Long.toString(summary.orphans()))
        .put("days_dropped", Long.toString(journal.daysDropped(from, to)));
    ArrayNode orphans = report.putArray("orphans");
    for (JournalReports.Orphan orphan : journal.orphans(from, to, ORPHANS)) {
      orphans
          .addObject()
          .put("event_id", orphan.eventId().toString())
          .put("settled", orphan.settled());
    }
    return report;
  }

  /** Held records that were confirmed and are of these days, or posted on them. */
  @GetMapping("/corrections")
  JsonNode corrections(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-held_id", "held_id");
    return billing.page(
        paging.on(Query.of(parameters, "from", "to")).on("/internal/v1/reconciliation/corrections"),
        "corrections");
  }

  /** What billing's own nightly comparison said of each day, the newest first. */
  @GetMapping("/days")
  JsonNode days(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-day", "day");
    ObjectNode days = billing.page("/internal/v1/reconciliation/days", "days");
    List<JsonNode> all = StreamSupport.stream(days.path("items").spliterator(), false).toList();
    ArrayNode page = days.putArray("items");
    for (JsonNode day : paging.isDescending() ? all : all.reversed()) {
      if (!follows(paging, day(day))) {
        continue;
      }
      if (page.size() == paging.rows()) {
        return days.put("next", day(page.get(page.size() - 1)));
      }
      page.add(day);
    }
    return days;
  }

  /** Days as they are written, 2026-11-22, are in their order. */
  private static boolean follows(Paging paging, String day) {
    String after = paging.after();
    int order = after == null ? 0 : day.compareTo(after);
    return after == null || (paging.isDescending() ? order < 0 : order > 0);
  }

  private static String day(JsonNode row) {
    return row.path("day").asString("");
  }

  private static LocalDate or(@Nullable LocalDate day, LocalDate otherwise) {
    return day == null ? otherwise : day;
  }
}
