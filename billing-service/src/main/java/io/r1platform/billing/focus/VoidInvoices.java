package io.r1platform.billing.focus;

import io.r1platform.billing.exports.ScheduledFiles;
import io.r1platform.billing.invoices.InvoiceChanged;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * What an invoice charged that is made void is charged by a later one, so rows of closed months go
 * to another: the one change after which their files are written again.
 */
@Component
class VoidInvoices {
  private final ScheduledFiles files;
  private final List<String> datasets;

  VoidInvoices(
      ScheduledFiles files, CostAndUsage usage, InvoiceDetail detail, BillingPeriod months) {
    this.files = files;
    datasets = List.of(usage.name(), detail.name(), months.name());
  }

  /** In the transaction that made it void. */
  @EventListener
  public void on(InvoiceChanged changed) {
    if (changed.what() == InvoiceChanged.What.VOID) {
      files.writeAgain(
          datasets,
          changed.organization(),
          changed.month().atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC));
    }
  }
}
