package io.r1platform.billing.bundles;

import io.r1platform.billing.bundles.Missing.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The tables of bundles: their bytes, in parts of 1 MiB, and why one is missing. */
@Component
class BundleTable {
  private static final int PART = 1 << 20;

  /** What takes a whole look at the records is looked at again after that. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  /**
   * A bundle.
   *
   * @param number of its invoice
   * @param sha256 hexadecimal
   */
  record Stored(String number, long bytes, String sha256) {}

  /** A line of an invoice. */
  record Line(
      String kind,
      @Nullable YearMonth month,
      @Nullable Long project,
      @Nullable Integer model,
      @Nullable String sku,
      @Nullable String price,
      @Nullable Integer window,
      @Nullable BigInteger quantity,
      @Nullable Long unitPico,
      BigInteger amountPico) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;

  BundleTable(JdbcClient jdbc, TransactionTemplate transaction, Clock clock) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Finalized ones without a bundle, by organization and month, that may get one now. */
  List<Billed> waiting() {
    return jdbc.sql(
            """
            select b.* from billed_usage b left join bill_bundle_missing m using (invoice_id)
            where b.status = 'finalized'
              and not exists (select from bill_bundle d where d.invoice_id = b.invoice_id)
              and (m.code is null or m.code not in ('LINES', 'CHANGED', 'RETIRED')
                or m.code <> 'RETIRED' and m.checked_at < ?)
            order by b.tenant_id, b.currency, b.month
            """)
        .param(clock.instant().minus(PATIENCE).atOffset(ZoneOffset.UTC))
        .query((row, n) -> Billed.read(row))
        .list();
  }

  /** How many finalized before then have none and may still get one. */
  long overdue(Instant before) {
    return jdbc.sql(
            """
            select count(*) from billed_usage b left join bill_bundle_missing m using (invoice_id)
            where b.status = 'finalized' and b.issued_at < ?
              and not exists (select from bill_bundle d where d.invoice_id = b.invoice_id)
              and m.code is distinct from 'RETIRED'
            """)
        .param(before.atOffset(ZoneOffset.UTC))
        .query(Long.class)
        .single();
  }

  Optional<Billed> invoice(long id) {
    return jdbc.sql("select * from billed_usage where invoice_id = ?")
        .param(id)
        .query((row, n) -> Billed.read(row))
        .optional();
  }

  List<Line> lines(long id) {
    return jdbc.sql("select * from billed_line where invoice_id = ? order by line_no")
        .param(id)
        .query(
            (row, n) -> {
              LocalDate month = row.getObject("month", LocalDate.class);
              var quantity = row.getBigDecimal("quantity");
              return new Line(
                  row.getString("kind"),
                  month == null ? null : YearMonth.from(month),
                  row.getObject("project_id", Long.class),
                  row.getObject("model_id", Integer.class),
                  row.getString("sku"),
                  row.getString("price_sha256"),
                  row.getObject("win", Integer.class),
                  quantity == null ? null : quantity.toBigIntegerExact(),
                  row.getObject("unit_pico", Long.class),
                  row.getBigDecimal("amount").toBigIntegerExact());
            })
        .list();
  }

  /** Records of the organization that are held undecided and were admitted before that day. */
  long held(long organization, LocalDate before) {
    return jdbc.sql(
            """
            select count(*) from usage_held where resolved is null
              and substring(record from 25 for 8) = int8send(?)
              and (uuid_extract_timestamp(event_id) at time zone 'UTC')::date < ?
            """)
        .params(organization, before)
        .query(Long.class)
        .single();
  }

  /** The first day, admitted within, whose records have left the database. */
  Optional<LocalDate> firstRetired(Billed billed) {
    YearMonth earlier = billed.earlier();
    return jdbc.sql(
            """
            select min(admitted_on) from usage_retired_tenant
            where tenant_id = :organization and currency = :currency and admitted_on < :end
              and (cast(:begin as date) is null or admitted_on >= :begin)
            """)
        .param("organization", billed.organization())
        .param("currency", billed.currency())
        .param("end", billed.month().plusMonths(1).atDay(1))
        .param("begin", earlier == null ? null : earlier.plusMonths(1).atDay(1))
        .query((row, n) -> Optional.ofNullable(row.getObject(1, LocalDate.class)))
        .single();
  }

  /** The first month before that one whose bundle may still come. */
  Optional<YearMonth> earlierWaiting(Billed billed) {
    return jdbc.sql(
            """
            select min(b.month) from billed_usage b
              left join bill_bundle_missing m using (invoice_id)
            where b.tenant_id = ? and b.currency = ? and b.status = 'finalized' and b.month < ?
              and not exists (select from bill_bundle d where d.invoice_id = b.invoice_id)
              and coalesce(m.code, '') not in ('RETIRED', 'LINES', 'CHANGED')
            """)
        .params(billed.organization(), billed.currency(), billed.month().atDay(1))
        .query(
            (row, n) -> Optional.ofNullable(row.getObject(1, LocalDate.class)).map(YearMonth::from))
        .single();
  }

  void note(long id, Missing missing) {
    jdbc.sql(
            """
            insert into bill_bundle_missing (invoice_id, code, what, checked_at)
            values (:id, :code, :what, :now)
            on conflict (invoice_id) do update set code = excluded.code, what = excluded.what,
              checked_at = excluded.checked_at
            """)
        .param("id", id)
        .param("code", missing.code().name())
        .param("what", missing.what())
        .param("now", now())
        .update();
  }

  Optional<Missing> missing(long id) {
    return jdbc.sql("select code, what from bill_bundle_missing where invoice_id = ?")
        .param(id)
        .query((row, n) -> new Missing(Code.valueOf(row.getString(1)), row.getString(2)))
        .optional();
  }

  /** Keeps the file for ever; nothing where another process was sooner. */
  void keep(long id, Path file, byte[] sha256, long records) {
    transaction.executeWithoutResult(
        status -> {
          try {
            insert(id, file, sha256, records);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void insert(long id, Path file, byte[] sha256, long records) throws IOException {
    int done =
        jdbc.sql(
                """
                insert into bill_bundle (invoice_id, sha256, bytes, records, made_at)
                values (?, ?, ?, ?, ?) on conflict do nothing
                """)
            .params(id, sha256, Files.size(file), records, now())
            .update();
    if (done == 0) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      int part = 0;
      for (byte[] bytes = in.readNBytes(PART); bytes.length > 0; bytes = in.readNBytes(PART)) {
        jdbc.sql("insert into bill_bundle_part (invoice_id, part, bytes) values (?, ?, ?)")
            .params(id, part++, bytes)
            .update();
      }
    }
    jdbc.sql("delete from bill_bundle_missing where invoice_id = ?").param(id).update();
  }

  Optional<Stored> stored(long id) {
    return jdbc.sql(
            """
            select i.number, d.bytes, encode(d.sha256, 'hex')
            from bill_bundle d join billed_usage i using (invoice_id) where invoice_id = ?
            """)
        .param(id)
        .query((row, n) -> new Stored(row.getString(1), row.getLong(2), row.getString(3)))
        .optional();
  }

  /** Which of these invoices have one. */
  Set<Long> bundled(Collection<Long> ids) {
    return ids.isEmpty()
        ? Set.of()
        : Set.copyOf(
            jdbc.sql("select invoice_id from bill_bundle where invoice_id in (:ids)")
                .param("ids", ids)
                .query(Long.class)
                .list());
  }

  /** Writes a stored one's bytes, a part at a time. */
  void copy(long id, OutputStream out) throws IOException {
    int part = 0;
    for (Optional<byte[]> bytes = part(id, part); bytes.isPresent(); bytes = part(id, ++part)) {
      out.write(bytes.get());
    }
  }

  private Optional<byte[]> part(long id, int part) {
    return jdbc.sql("select bytes from bill_bundle_part where invoice_id = ? and part = ?")
        .params(id, part)
        .query((row, n) -> row.getBytes(1))
        .optional();
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
