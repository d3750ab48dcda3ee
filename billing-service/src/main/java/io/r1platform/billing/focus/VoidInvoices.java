package io.r1platform.billing.focus;

import io.r1platform.billing.exports.ScheduledFiles;
import io.r1platform.billing.invoices.InvoiceChanged;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What an invoice charged that is made void is charged by a later one, so rows of closed months go
 * to another: the one change after which their files are written again.
 */
@Component
class VoidInvoices {
  private final ScheduledFiles files;
  private final JdbcClient jdbc;
  private final List<String> datasets;

  VoidInvoices(
      ScheduledFiles files,
      JdbcClient jdbc,
      CostAndUsage usage,
      InvoiceDetail detail,
      BillingPeriod months) {
    this.files = files;
    this.jdbc = jdbc;
    datasets = List.of(usage.name(), detail.name(), months.name());
  }

  /** In the transaction that made it void, once it is. */
  @EventListener
  public void on(InvoiceChanged changed) {
    if (changed.what() == InvoiceChanged.What.VOID) {
      Instant own = changed.month().atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
      Instant standing = endOfTheLastStanding(changed.invoiceId());
      files.writeAgain(datasets, changed.organization(), standing.isBefore(own) ? standing : own);
    }
  }

  /**
   * Months after the last finalized invoice bill their own usage. If the void one was the last,
   * those before it that had a void one too, whose usage it or a later one was to bill, do so
   * again.
   */
  private Instant endOfTheLastStanding(long invoice) {
    return jdbc.sql(
            """
            select coalesce(max(upper(period)), 'epoch') from invoice
            where kind = 'INVOICE' and status = 'finalized' and (tenant_id, currency) =
              (select tenant_id, currency from invoice where invoice_id = ?)
            """)
        .param(invoice)
        .query(OffsetDateTime.class)
        .single()
        .toInstant();
  }
}
