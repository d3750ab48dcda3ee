package io.r1platform.api.console;

import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.security.Access;
import io.r1platform.api.sessions.Operator;
import java.time.LocalDate;
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

  private final Access access;
  private final BillingReports billing;
  private final JournalReports journal;

  ReconciliationController(Access access, BillingReports billing, JournalReports journal) {
    this.access = access;
    this.billing = billing;
    this.journal = journal;
  }

  @GetMapping
  JsonNode reconciliation(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var query = Query.of(parameters, "from", "to");
    LocalDate from = query.day("from");
    LocalDate to = query.day("to");
    ObjectNode report = billing.read(query.on("/internal/v1/reconciliation"));
    JournalReports.Summary summary = journal.summary(from, to);
    report
        .putObject("journal")
        .put("requests", Long.toString(summary.finals()))
        .put("input", summary.input().toString())
        .put("output", summary.output().toString())
        .put("cost", Dollars.of(summary.costPico()))
        .put("admitted", Long.toString(summary.admitted()))
        .put("open", Long.toString(summary.open()))
        .put("unshipped", Long.toString(summary.unshipped()));
    ArrayNode orphans = report.putArray("orphans");
    for (JournalReports.Orphan orphan : journal.orphans(from, to, ORPHANS)) {
      orphans
          .addObject()
          .put("event_id", orphan.eventId().toString())
          .put("settled", orphan.settled());
    }
    return report;
  }
}
