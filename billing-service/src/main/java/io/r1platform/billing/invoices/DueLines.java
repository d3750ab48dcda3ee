package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.Assembled.Taxed;
import io.r1platform.billing.invoices.Line.Tax;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What an organization owes and no invoice has: everything up to the end of a month less the lines
 * of the invoices that stand. So what comes late is on the next one, and what a void one had is
 * free again.
 */
@Component
class DueLines {
  /**
   * Lines, and what the ledger says they add up to.
   *
   * @param lines what was carried in the tax that it was in, all else in none yet
   * @param ledger accrued by all but invoices, less the invoices that stand; pico
   */
  record Due(List<Taxed> lines, BigInteger ledger) {
    static final Due NOTHING = new Due(List.of(), BigInteger.ZERO);

    BigInteger sum() {
      return lines.stream()
          .map(one -> one.line().amount())
          .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** Nothing, or only what an earlier invoice was below 0 by, which waits for more. */
    boolean isNothing() {
      return lines.stream().allMatch(one -> one.line().kind() == Line.Kind.CARRIED)
          && sum().signum() <= 0
          && ledger.equals(sum());
    }
  }

  /** One statement, so one snapshot of lines and ledger. */
  private static final String SQL =
      """
      with used as (
        select date_trunc('month', u.day::timestamp)::date as month, u.project_id, u.model_id,
          u.version_id, u.win, u.batch, sum(u.tok_hit) as hit, sum(u.tok_miss) as miss,
          sum(u.tok_reason) as reasoning, sum(u.tok_answer) as answer
        from dated_usage u
          join rate_card_version v using (version_id) join rate_card c using (card_id)
        where u.tenant_id = :tenant and c.currency = :currency and u.day < :end
        group by 1, 2, 3, 4, 5, 6
      ), part as (
        select 'USAGE' as kind, u.month, u.project_id, null::bigint as card_id, u.model_id,
          t.sku || case when u.batch then '_BATCH' else '' end as sku, u.version_id, u.win,
          null::text as note, null::text as tax_label, 0 as tax_ppm, t.tokens as quantity,
          0::numeric as amount
        from used u cross join lateral (values ('HIT', u.hit), ('MISS', u.miss),
          ('REASONING', u.reasoning), ('ANSWER', u.answer)) as t(sku, tokens)
        union all
        select a.kind, a.month, null, a.card_id, a.model_id, a.sku, null, a.win, null, null, 0,
          null, a.amount
        from dated_adjustment a
        where a.tenant_id = :tenant and a.currency = :currency and a.day < :end
        union all
        select 'CREDIT', date_trunc('month', d.day::timestamp)::date, null, null, null, null, null,
          null, d.kind, null, 0, null, -d.amount
        from credit_drawn d
        where d.tenant_id = :tenant and d.currency = :currency and d.day < :end
        union all
        select l.kind, l.month, l.project_id, l.card_id, l.model_id, l.sku, l.version_id, l.win,
          l.note, case when l.kind = 'CARRIED' then l.tax_label end,
          case when l.kind = 'CARRIED' then l.tax_ppm else 0 end, -l.quantity,
          case when l.kind = 'USAGE' then 0 else -l.amount end
        from invoice i join invoice_line l using (invoice_id)
        where i.tenant_id = :tenant and i.currency = :currency and i.kind = 'INVOICE'
          and i.status = 'finalized' and l.kind <> 'TAX'
      ), due as (
        select kind, month, project_id, card_id, model_id, sku, version_id, win, note, tax_label,
          tax_ppm, sum(quantity) as quantity, sum(amount) as amount
        from part group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        having coalesce(sum(quantity), 0) <> 0 or sum(amount) <> 0
      ), journals as (
        select journal_id from invoice where tenant_id = :tenant and journal_id is not null
        union all
        select void_journal_id from invoice
        where tenant_id = :tenant and void_journal_id is not null
      )
      select d.kind, d.month, d.project_id, n.name as project_name, d.card_id, d.model_id, d.sku,
        d.version_id, d.win, d.note, d.tax_label, d.tax_ppm, d.quantity, p.unit_pico,
        case when d.kind = 'USAGE' then d.quantity * p.unit_pico else d.amount end as amount
      from due d left join unit_price p on d.kind = 'USAGE' and p.version_id = d.version_id
        and p.model_id = d.model_id and p.win = d.win and p.sku = d.sku
        left join display_name n on n.kind = 'PROJECT' and n.tenant_id = :tenant
          and n.id = d.project_id
      union all
      select 'LEDGER', null, null, null, null, null, null, null, null, null, null, null, null, null,
        coalesce((select sum(b.amount) from balance_day b where b.tenant_id = :tenant
          and b.currency = :currency and b.account = 'accrued' and b.day < :end), 0)
        - coalesce((select sum(e.amount) from posted_entry e
          where e.journal_id in (select journal_id from journals) and e.account = 'accrued'
            and e.currency = :currency and e.effective_on < :end), 0)
        - coalesce((select sum(i.net_pico) from invoice i where i.tenant_id = :tenant
          and i.currency = :currency and i.kind = 'INVOICE' and i.status = 'finalized'), 0)
      order by kind, month, project_id, card_id, model_id, sku, version_id, win, note,
        tax_ppm, tax_label
      """;

  private final JdbcClient jdbc;

  DueLines(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** All that is due up to the end of the month, in the order of an invoice. */
  Due until(long tenant, String currency, YearMonth month) {
    var lines = new ArrayList<Taxed>();
    var ledger = new ArrayList<BigInteger>();
    jdbc.sql(SQL)
        .param("tenant", tenant)
        .param("currency", currency)
        .param("end", month.plusMonths(1).atDay(1))
        .query(
            row -> {
              if ("LEDGER".equals(row.getString("kind"))) {
                ledger.add(row.getBigDecimal("amount").toBigIntegerExact());
              } else {
                lines.add(new Taxed(read(row), carriedIn(row)));
              }
            });
    lines.sort(Comparator.comparing(one -> one.line().kind())); // stable: the rest is in order
    return new Due(lines, ledger.getFirst());
  }

  /** The tax of a line that was carried, which its code is the note of. */
  private static Tax carriedIn(ResultSet row) throws SQLException {
    String label = row.getString("tax_label");
    return label == null ? Tax.NONE : new Tax(row.getString("note"), label, row.getInt("tax_ppm"));
  }

  private static Line read(ResultSet row) throws SQLException {
    BigDecimal amount = row.getBigDecimal("amount");
    if (amount == null) {
      throw new IllegalStateException("no price of version " + row.getLong("version_id"));
    }
    BigDecimal quantity = row.getBigDecimal("quantity");
    return new Line(
        Line.Kind.valueOf(row.getString("kind")),
        row.getObject("month", LocalDate.class),
        row.getObject("project_id", Long.class),
        row.getString("project_name"),
        row.getObject("card_id", Long.class),
        row.getObject("model_id", Integer.class),
        row.getString("sku"),
        row.getObject("version_id", Long.class),
        row.getObject("win", Integer.class),
        row.getObject("unit_pico", Long.class),
        integer(quantity),
        row.getString("note"),
        null,
        amount.toBigIntegerExact());
  }

  private static @Nullable BigInteger integer(@Nullable BigDecimal value) {
    return value == null ? null : value.toBigIntegerExact();
  }
}
