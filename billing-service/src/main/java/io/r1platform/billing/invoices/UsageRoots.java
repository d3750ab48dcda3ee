package io.r1platform.billing.invoices;

import io.r1platform.billing.receipts.UsageRoot;
import java.time.LocalDate;
import java.time.YearMonth;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Notes on a draft, while it is finalized, which records it bills. */
@Component
class UsageRoots {
  private final UsageRoot roots;
  private final JdbcClient jdbc;

  UsageRoots(UsageRoot roots, JdbcClient jdbc) {
    this.roots = roots;
    this.jdbc = jdbc;
  }

  /**
   * In the caller's transaction. Also notes which invoice came before, which is void by and by
   * perhaps; of the records nothing where the log is not signed, or they are not what is charged.
   */
  void note(InvoiceRow draft) {
    jdbc.sql(
            """
            update invoice i set earlier_id = b.earlier_id from billed_usage b
            where i.invoice_id = ? and b.invoice_id = i.invoice_id
            """)
        .param(draft.id())
        .update();
    UsageRoot.Earlier earlier =
        jdbc.sql(
                """
                select earlier_month, earlier_size from billed_usage
                where invoice_id = ? and earlier_month is not null
                """)
            .param(draft.id())
            .query(
                (row, n) ->
                    new UsageRoot.Earlier(
                        YearMonth.from(row.getObject("earlier_month", LocalDate.class)),
                        row.getObject("earlier_size", Long.class)))
            .optional()
            .orElse(null);
    roots
        .of(draft.id(), draft.tenantId(), draft.month(), draft.currency(), earlier)
        .ifPresent(
            root ->
                jdbc.sql(
                        """
                        update invoice set usage_root = ?, checkpoint_size = ?
                        where invoice_id = ?
                        """)
                    .params(root.hash().bytes(), root.logSize(), draft.id())
                    .update());
  }
}
