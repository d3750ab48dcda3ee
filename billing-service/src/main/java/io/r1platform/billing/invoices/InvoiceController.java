package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Invoices and what is ordered about them. Orders name a command and are done once. */
@RestController
@RequestMapping("/internal/v1/invoices")
class InvoiceController {

  record Page(List<InvoiceView> invoices, @Nullable String next) {}

  record Order(@Nullable UUID commandId, @Nullable String actor, @Nullable String reason) {}

  record Waiver(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String reason,
      @Nullable String blocker) {}

  /** {@code amount_minor}: cents, for instance, as a string. */
  record Part(int lineNo, @Nullable String amountMinor) {}

  record Note(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String reason,
      @Nullable List<Part> lines) {}

  private final InvoiceTable table;
  private final InvoiceViews views;
  private final Invoices invoices;
  private final CreditNotes notes;
  private final Blockers blockers;

  InvoiceController(
      InvoiceTable table,
      InvoiceViews views,
      Invoices invoices,
      CreditNotes notes,
      Blockers blockers) {
    this.table = table;
    this.views = views;
    this.invoices = invoices;
    this.notes = notes;
    this.blockers = blockers;
  }

  /** Newest first, without lines; {@code month} as 2026-11. */
  @GetMapping
  Page list(
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String month,
      ListPage page) {
    YearMonth of = month == null ? null : Wire.month("month", month);
    List<InvoiceView> found =
        table.list(organizationId, status, of, page).stream().map(views::summary).toList();
    return new Page(page.of(found), page.next(found, InvoiceView::invoiceId));
  }

  @GetMapping("/{id}")
  InvoiceView get(@PathVariable long id) {
    return views.of(id);
  }

  @PostMapping("/{id}/finalize")
  InvoiceView finalizeDraft(@PathVariable long id, @RequestBody Order body) {
    return views.of(invoices.finalizeDraft(id, Wire.actor(body.actor)));
  }

  @PostMapping("/{id}/void")
  InvoiceView makeVoid(@PathVariable long id, @RequestBody Order body) {
    return views.of(
        invoices.makeVoid(
            id, Wire.command(body.commandId), Wire.actor(body.actor), Wire.reason(body.reason)));
  }

  @PostMapping("/{id}/waivers")
  InvoiceView waive(@PathVariable long id, @RequestBody Waiver body) {
    blockers.waive(
        table.get(id),
        Wire.constant("blocker", Blocker.Code.class, body.blocker),
        Wire.command(body.commandId),
        Wire.actor(body.actor),
        Wire.reason(body.reason));
    return views.of(id);
  }

  @PostMapping("/{id}/credit-notes")
  InvoiceView credit(@PathVariable long id, @RequestBody Note body) {
    List<Part> lines = body.lines == null ? List.of() : body.lines;
    return views.of(
        notes.write(
            id,
            Wire.command(body.commandId),
            Wire.actor(body.actor),
            Wire.reason(body.reason),
            lines.stream().map(InvoiceController::part).toList()));
  }

  private static CreditNotes.Part part(Part part) {
    String minor = part.amountMinor;
    if (minor == null || !minor.matches("-?[0-9]{1,15}")) {
      throw ServiceException.invalidRequest(
          "'amount_minor' is a whole number of the currency's smallest unit, as a string.");
    }
    return new CreditNotes.Part(part.lineNo, Long.parseLong(minor));
  }
}
