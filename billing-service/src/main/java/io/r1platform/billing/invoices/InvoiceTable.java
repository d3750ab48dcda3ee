package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.Line.Rounded;
import io.r1platform.billing.invoices.Line.Tax;
import io.r1platform.billing.pages.ListPage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables of invoices. What they refuse to change is written in V052. */
@Component
class InvoiceTable {
  private static final String ROW = "select *, lower(period) as from_at from invoice ";

  /** What a document gets when it is finalized. */
  record Issue(
      String prefix,
      Instant at,
      String by,
      LocalDate dueOn,
      String terms,
      String issuer,
      String customer,
      UUID journalId,
      @Nullable UUID commandId) {}

  private final JdbcClient jdbc;
  private final JdbcTemplate batch;

  InvoiceTable(JdbcClient jdbc, JdbcTemplate batch) {
    this.jdbc = jdbc;
    this.batch = batch;
  }

  /** Keeps others from this organization's invoices until the transaction ends. */
  void lock(long tenant) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('billing.invoices', ?))")
        .param(tenant)
        .query(row -> {});
  }

  InvoiceRow get(long id) {
    return find(id).orElseThrow(() -> ServiceException.notFound("Invoice " + id));
  }

  Optional<InvoiceRow> find(long id) {
    return jdbc.sql(ROW + "where invoice_id = ?")
        .param(id)
        .query((row, n) -> InvoiceRow.read(row))
        .optional();
  }

  Optional<InvoiceRow> madeBy(UUID commandId) {
    return jdbc.sql(ROW + "where command_id = ?")
        .param(commandId)
        .query((row, n) -> InvoiceRow.read(row))
        .optional();
  }

  /** The invoice of a month that is not void. */
  Optional<InvoiceRow> living(long tenant, String currency, YearMonth month) {
    return jdbc.sql(
            ROW
                + """
                where tenant_id = ? and currency = ? and lower(period) = ?
                  and kind = 'INVOICE' and status <> 'void'
                """)
        .params(tenant, currency, month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC))
        .query((row, n) -> InvoiceRow.read(row))
        .optional();
  }

  /** Whether an invoice of a later month is finalized. */
  boolean isPassed(long tenant, String currency, YearMonth month) {
    return jdbc.sql(
            """
            select exists (select from invoice where tenant_id = ? and currency = ?
              and lower(period) > ? and kind = 'INVOICE' and status = 'finalized')
            """)
        .params(tenant, currency, month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC))
        .query(Boolean.class)
        .single();
  }

  /** Newest first; one row more than the page has. */
  List<InvoiceRow> list(
      @Nullable Long tenant, @Nullable String status, @Nullable YearMonth month, ListPage page) {
    return jdbc.sql(
            ROW
                + """
                where (cast(:tenant as bigint) is null or tenant_id = :tenant)
                  and (cast(:status as text) is null or status = :status)
                  and (cast(:month as date) is null
                    or lower(period) = cast(:month as date)::timestamp at time zone 'UTC') and"""
                + page.following("invoice_id", true))
        .param("tenant", tenant)
        .param("status", status)
        .param("month", month == null ? null : month.atDay(1))
        .query((row, n) -> InvoiceRow.read(row))
        .list();
  }

  /** What the organization was sent, the newest first; one row more than the page has. */
  List<InvoiceRow> issued(long tenant, ListPage page) {
    return jdbc.sql(
            ROW
                + """
                where tenant_id = :tenant and status in ('finalized', 'void')
                  and (cast(:after as bigint) is null or (issued_at, invoice_id) < (
                    select issued_at, invoice_id from invoice
                    where invoice_id = :after and tenant_id = :tenant))
                order by issued_at desc, invoice_id desc limit :rows
                """)
        .param("tenant", tenant)
        .param("after", page.after())
        .param("rows", page.rows() + 1)
        .query((row, n) -> InvoiceRow.read(row))
        .list();
  }

  long insert(
      long tenant,
      InvoiceRow.Kind kind,
      InvoiceRow.Status status,
      YearMonth month,
      String currency,
      @Nullable Long reference,
      Instant now) {
    return jdbc.sql(
            """
            insert into invoice (tenant_id, kind, status, period, currency, reference_id, built_at)
            values (:tenant, :kind, :status, tstzrange(:from, :to), :currency, :reference, :now)
            returning invoice_id
            """)
        .param("tenant", tenant)
        .param("kind", kind.name())
        .param("status", status.code())
        .param("from", month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC))
        .param("to", month.plusMonths(1).atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC))
        .param("currency", currency)
        .param("reference", reference)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(Long.class)
        .single();
  }

  /** Replaces the lines and sums. */
  void fill(
      long id, InvoiceRow.Status status, Assembled assembled, BigInteger ledger, Instant now) {
    jdbc.sql("delete from invoice_line where invoice_id = ?").param(id).update();
    List<Rounded> lines = assembled.lines();
    batch.batchUpdate(
        """
        insert into invoice_line (invoice_id, line_no, kind, month, project_id, project_name,
          card_id, model_id, sku, version_id, win, unit_pico, quantity, note, reference_line,
          amount, amount_minor, tax_code, tax_label, tax_ppm)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        java.util.stream.IntStream.range(0, lines.size())
            .mapToObj(i -> parameters(id, i + 1, lines.get(i)))
            .toList());
    jdbc.sql(
            """
            update invoice set status = :status, net_pico = :net, ledger_pico = :ledger,
              net_minor = :minor, tax_minor = :tax, built_at = :now
            where invoice_id = :id
            """)
        .param("status", status.code())
        .param("net", new BigDecimal(assembled.netPico()))
        .param("ledger", new BigDecimal(ledger))
        .param("minor", assembled.netMinor())
        .param("tax", assembled.taxMinor())
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("id", id)
        .update();
  }

  private static @Nullable Object[] parameters(long id, int number, Rounded rounded) {
    Line line = rounded.line();
    BigInteger quantity = line.quantity();
    return new @Nullable Object[] {
      id,
      number,
      line.kind().name(),
      line.month(),
      line.projectId(),
      line.projectName(),
      line.cardId(),
      line.modelId(),
      line.sku(),
      line.versionId(),
      line.window(),
      line.unitPico(),
      quantity == null ? null : new BigDecimal(quantity),
      line.note(),
      line.referenceLine(),
      new BigDecimal(line.amount()),
      rounded.minor(),
      rounded.tax().code(),
      rounded.tax().label(),
      rounded.tax().ppm()
    };
  }

  /** Removes what is not finalized; not where somebody waived something, which stays said. */
  boolean remove(long id) {
    boolean waived =
        jdbc.sql("select exists (select from invoice_waiver where invoice_id = ?)")
            .param(id)
            .query(Boolean.class)
            .single();
    if (!waived) {
      jdbc.sql("delete from invoice_line where invoice_id = ?").param(id).update();
      jdbc.sql("delete from invoice where invoice_id = ?").param(id).update();
    }
    return !waived;
  }

  /** In the order of the document. */
  List<Rounded> lines(long id) {
    return jdbc.sql("select * from invoice_line where invoice_id = ? order by line_no")
        .param(id)
        .query((row, n) -> line(row))
        .list();
  }

  private static Rounded line(ResultSet row) throws SQLException {
    BigDecimal quantity = row.getBigDecimal("quantity");
    var line =
        new Line(
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
            quantity == null ? null : quantity.toBigIntegerExact(),
            row.getString("note"),
            row.getObject("reference_line", Integer.class),
            row.getBigDecimal("amount").toBigIntegerExact());
    var tax = new Tax(row.getString("tax_code"), row.getString("tax_label"), row.getInt("tax_ppm"));
    return new Rounded(line, row.getLong("amount_minor"), tax);
  }

  /** Takes the next number of the series, whose row is locked to the end of the transaction. */
  void issue(long id, Issue issue) {
    String series = "%s-%d".formatted(issue.prefix, issue.at.atOffset(ZoneOffset.UTC).getYear());
    jdbc.sql("insert into invoice_series (series, next_no) values (?, 1) on conflict do nothing")
        .param(series)
        .update();
    long number =
        jdbc.sql(
                """
                update invoice_series set next_no = next_no + 1 where series = ?
                returning next_no - 1
                """)
            .param(series)
            .query(Long.class)
            .single();
    jdbc.sql(
            """
            update invoice set status = 'finalized', series = :series, series_no = :no,
              number = :number, issued_at = :at, issued_by = :by, due_on = :due, terms = :terms,
              issuer = cast(:issuer as jsonb), customer = cast(:customer as jsonb),
              journal_id = :journal, command_id = :command
            where invoice_id = :id
            """)
        .param("series", series)
        .param("no", number)
        .param("number", "%s-%06d".formatted(series, number))
        .param("at", issue.at.atOffset(ZoneOffset.UTC))
        .param("by", issue.by)
        .param("due", issue.dueOn)
        .param("terms", issue.terms)
        .param("issuer", issue.issuer)
        .param("customer", issue.customer)
        .param("journal", issue.journalId)
        .param("command", issue.commandId)
        .param("id", id)
        .update();
  }

  void makeVoid(long id, UUID command, String actor, String reason, UUID reversal, Instant now) {
    jdbc.sql(
            """
            update invoice set status = 'void', voided_at = ?, voided_by = ?, void_reason = ?,
              void_journal_id = ?, void_command_id = ?
            where invoice_id = ?
            """)
        .params(now.atOffset(ZoneOffset.UTC), actor, reason, reversal, command, id)
        .update();
  }

  /** The lines of the credit notes of an invoice. */
  List<Rounded> creditedLines(long id) {
    return jdbc.sql(
            """
            select l.* from invoice_line l join invoice i using (invoice_id)
            where i.reference_id = ? and i.status = 'finalized' order by invoice_id, line_no
            """)
        .param(id)
        .query((row, n) -> line(row))
        .list();
  }
}
