package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.InvoiceRow.Status;
import io.r1platform.billing.invoices.Line.Rounded;
import io.r1platform.billing.pages.ListPage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * What an organization was sent: invoices and credit notes that are finalized, or were made void
 * since. No draft is ever among them.
 */
@Component
public class IssuedInvoices {
  /**
   * One of them. Its total is what is credited, paid and due; a credit note and what was made void
   * ask for nothing.
   *
   * @param credited what its credit notes give back, in the currency
   * @param due what is still asked for
   */
  public record Issued(InvoiceView invoice, String credited, String due) {}

  private final InvoiceTable table;
  private final InvoiceViews views;
  private final Paid paid;

  IssuedInvoices(InvoiceTable table, InvoiceViews views, Paid paid) {
    this.table = table;
    this.views = views;
    this.paid = paid;
  }

  /** The newest first, without lines; one more than the page has. */
  public List<Issued> list(long organization, ListPage page) {
    var standings = new HashMap<String, Map<Long, Paid.Standing>>();
    var issued = new ArrayList<Issued>();
    for (InvoiceRow row : table.issued(organization, page)) {
      issued.add(
          issued(
              row,
              List.of(),
              standings.computeIfAbsent(row.currency(), in -> paid.of(organization, in))));
    }
    return issued;
  }

  /** With its lines; empty where that organization was not sent it. */
  public Optional<Issued> find(long organization, long id) {
    return table
        .find(id)
        .filter(row -> row.tenantId() == organization)
        .filter(row -> row.status() == Status.FINALIZED || row.status() == Status.VOID)
        .map(row -> issued(row, table.lines(id), paid.of(organization, row.currency())));
  }

  private Issued issued(InvoiceRow row, List<Rounded> lines, Map<Long, Paid.Standing> standings) {
    MinorUnit unit = MinorUnit.of(row.currency());
    Paid.Standing standing = row.isReceivable() ? standings.get(row.id()) : null;
    return standing == null
        ? new Issued(views.issued(row, lines, 0), unit.text(0), unit.text(0))
        : new Issued(
            views.issued(row, lines, standing.paid()),
            unit.text(Math.subtractExact(row.totalMinor(), standing.asked())),
            unit.text(standing.due()));
  }
}
