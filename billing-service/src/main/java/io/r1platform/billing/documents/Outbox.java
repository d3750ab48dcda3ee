package io.r1platform.billing.documents;

import io.r1platform.billing.invoices.InvoiceChanged;
import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.invoices.InvoiceViews;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Who is still to get word of an invoice. */
@Component
class Outbox {
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

  /** Longer than any server takes for one: whoever claimed it is alone with it. */
  private static final Duration BUSY = Duration.ofMinutes(5);

  /**
   * A claimed delivery.
   *
   * @param attempts how many, this one included
   * @param address of EMAIL
   * @param url of WEBHOOK, with its secret
   * @param closed the target takes nothing any more
   */
  @SuppressWarnings("ArrayRecordComponent") // a secret, never compared
  record Due(
      long id,
      long invoiceId,
      InvoiceChanged.What what,
      int attempts,
      @Nullable String address,
      @Nullable String url,
      byte @Nullable [] secret,
      boolean closed) {
    /** The same for every attempt, so that a receiver can tell a repeat. */
    String key() {
      return "invoice_%d_%s_%d"
          .formatted(invoiceId, what.name().toLowerCase(java.util.Locale.ROOT), id);
    }

    static Due read(ResultSet row) throws SQLException {
      return new Due(
          row.getLong("delivery_id"),
          row.getLong("invoice_id"),
          InvoiceChanged.What.valueOf(row.getString("what")),
          row.getInt("attempts"),
          row.getString("address"),
          row.getString("url"),
          row.getBytes("secret"),
          row.getBoolean("closed"));
    }
  }

  /**
   * How far one is.
   *
   * @param what {@code FINALIZED} or {@code VOID}
   * @param channel {@code EMAIL} or {@code WEBHOOK}
   * @param ofSite whether its target is for all organizations
   * @param nextAt when it is due; null: delivered, or given up
   */
  record DeliveryView(
      String deliveryId,
      String what,
      String channel,
      @Nullable String address,
      @Nullable String targetId,
      boolean ofSite,
      int attempts,
      @Nullable Instant nextAt,
      @Nullable Instant deliveredAt,
      @Nullable String lastError) {
    static DeliveryView read(ResultSet row) throws SQLException {
      String channel = row.getString("channel");
      return new DeliveryView(
          row.getString("delivery_id"),
          row.getString("what"),
          channel,
          row.getString("address"),
          row.getString("target_id"),
          channel.equals("WEBHOOK") && row.getString("organization_id") == null,
          row.getInt("attempts"),
          instant(row, "next_at"),
          instant(row, "delivered_at"),
          row.getString("last_error"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
      OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
      return at == null ? null : at.toInstant();
    }
  }

  private final JdbcClient jdbc;
  private final InvoiceViews invoices;
  private final DocumentSettings settings;
  private final Clock clock;

  Outbox(JdbcClient jdbc, InvoiceViews invoices, DocumentSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.invoices = invoices;
    this.settings = settings;
    this.clock = clock;
  }

  /** In the transaction that finalized it or made it void. */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void on(InvoiceChanged changed) {
    if (changed.what() == InvoiceChanged.What.VOID) {
      forgetUndelivered(changed.invoiceId());
    }
    InvoiceView invoice = invoices.of(changed.invoiceId());
    String email = invoice.customer().email();
    if (email != null && settings.mailFrom() != null) {
      insert(changed, "EMAIL", email, null);
    }
    jdbc.sql(
            """
            select target_id from webhook_address
            where not closed and (organization_id is null or organization_id = ?)
            order by target_id
            """)
        .param(changed.organization())
        .query(Long.class)
        .list()
        .forEach(target -> insert(changed, "WEBHOOK", null, target));
  }

  /** Nobody is asked for the money of a void invoice. */
  private void forgetUndelivered(long invoice) {
    jdbc.sql(
            """
            update invoice_delivery set next_at = null, last_error = 'it was made void'
            where invoice_id = ? and what = 'FINALIZED' and delivered_at is null
            """)
        .param(invoice)
        .update();
  }

  private void insert(
      InvoiceChanged changed, String channel, @Nullable String address, @Nullable Long target) {
    jdbc.sql(
            """
            insert into invoice_delivery (invoice_id, what, channel, address, target_id, next_at,
              made_at)
            values (:invoice, :what, :channel, :address, :target, :now, :now)
            """)
        .param("invoice", changed.invoiceId())
        .param("what", changed.what().name())
        .param("channel", channel)
        .param("address", address)
        .param("target", target)
        .param("now", now())
        .update();
  }

  /** Those of an invoice, the first made first. */
  List<DeliveryView> of(long invoice) {
    return jdbc.sql(
            """
            select d.*, a.organization_id
            from invoice_delivery d left join webhook_address a using (target_id)
            where d.invoice_id = ? order by d.delivery_id
            """)
        .param(invoice)
        .query((row, n) -> DeliveryView.read(row))
        .list();
  }

  /**
   * Makes one that was given up due now, with all its attempts. One that is still tried stays as it
   * is, since it may be on its way; so does word of a finalized invoice that is void by now.
   *
   * @return whether it was given up
   */
  boolean retry(long invoice, long delivery) {
    return jdbc.sql(
                """
                update invoice_delivery d set next_at = :now, attempts = 0
                where d.delivery_id = :delivery and d.invoice_id = :invoice
                  and d.delivered_at is null and d.next_at is null
                  and not (d.what = 'FINALIZED' and exists (
                    select 1 from invoice i
                    where i.invoice_id = d.invoice_id and i.status = 'void'))
                """)
            .param("now", now())
            .param("delivery", delivery)
            .param("invoice", invoice)
            .update()
        == 1;
  }

  /**
   * Claims the next that is due. It is due again after a pause that doubles each time, from 30 s to
   * 6 h, so that one whose sender died is not lost.
   */
  Optional<Due> claim() {
    return jdbc.sql(
            """
            with claimed as (
              update invoice_delivery d set attempts = d.attempts + 1,
                next_at = cast(:now as timestamptz) + make_interval(secs =>
                  :busy + least(:longest, :pause * 2 ^ d.attempts))
              where d.delivery_id in (select delivery_id from invoice_delivery
                where next_at <= :now order by next_at limit 1 for update skip locked)
              returning d.*
            )
            select c.*, a.url, a.secret, coalesce(a.closed, false) as closed
            from claimed c left join webhook_address a using (target_id)
            """)
        .param("now", now())
        .param("busy", BUSY.toSeconds())
        .param("longest", LONGEST_PAUSE.toSeconds())
        .param("pause", PAUSE.toSeconds())
        .query((row, n) -> Due.read(row))
        .optional();
  }

  void delivered(Due due) {
    jdbc.sql(
            """
            update invoice_delivery set delivered_at = ?, next_at = null, last_error = null
            where delivery_id = ? and delivered_at is null
            """)
        .params(now(), due.id)
        .update();
  }

  /** Notes why not; it is tried again, unless it is given up. */
  void failed(Due due, String why, boolean givenUp) {
    jdbc.sql(
            """
            update invoice_delivery set last_error = ?,
              next_at = case when ? then null else next_at end
            where delivery_id = ?
            """)
        .params(why, givenUp, due.id)
        .update();
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
