package io.r1platform.billing.invoices;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How much of each invoice is asked for and paid. Money is on account and goes to the oldest
 * invoice first; a credit note lowers what its own invoice asks for.
 */
@Component
class Paid {
  /**
   * How a finalized invoice stands, in minor units.
   *
   * @param asked its total less its credit notes
   * @param paid of that, rounded down
   */
  record Standing(long asked, long paid) {
    long due() {
      return Math.subtractExact(asked, paid);
    }
  }

  private final JdbcClient jdbc;

  Paid(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Of each finalized invoice. */
  Map<Long, Standing> of(long tenant, String currency) {
    BigInteger unit = MinorUnit.of(currency).pico();
    var standings = new HashMap<Long, Standing>();
    jdbc.sql(
            """
            with money as (
              select coalesce(-sum(p.amount), 0) as amount
              from posted_entry p join journal_posted j using (journal_id)
                left join journal_posted o on o.journal_id = j.reverses
              where p.tenant_id = :tenant and p.currency = :currency
                and p.account = 'receivable' and coalesce(o.kind, j.kind) = 'PAYMENT'
            ), asked as (
              select i.invoice_id, i.issued_at, (i.net_minor + i.tax_minor + coalesce((
                select sum(n.net_minor + n.tax_minor) from invoice n
                where n.reference_id = i.invoice_id and n.status = 'finalized'), 0)) * :unit
                as amount
              from invoice i
              where i.tenant_id = :tenant and i.currency = :currency and i.kind = 'INVOICE'
                and i.status = 'finalized'
            )
            select a.invoice_id, a.amount as asked,
              greatest(0, least(a.amount, m.amount - coalesce(sum(a.amount)
              over (order by a.issued_at, a.invoice_id
                rows between unbounded preceding and 1 preceding), 0))) as paid
            from asked a cross join money m
            """)
        .param("tenant", tenant)
        .param("currency", currency)
        .param("unit", new BigDecimal(unit))
        .query(
            row -> {
              BigInteger asked = row.getBigDecimal("asked").toBigIntegerExact();
              BigInteger paid = row.getBigDecimal("paid").toBigInteger();
              standings.put(
                  row.getLong("invoice_id"),
                  new Standing(
                      asked.divide(unit).longValueExact(), paid.divide(unit).longValueExact()));
            });
    return standings;
  }
}
