package io.r1platform.billing.credit;

import io.r1platform.billing.credit.Arrivals.Arrival;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Money that arrived and could not be moved, and true events that are not understood, until a
 * person says what became of them.
 */
@Component
class RefusedArrivals {
  /**
   * Money that waits, or did.
   *
   * @param amount pico as a decimal string; null, as the three before it, where there is a body
   * @param body the event as it came, where it is not understood
   */
  record Refused(
      String id,
      String provider,
      String eventId,
      @Nullable String organization,
      @Nullable String purpose,
      @Nullable String currency,
      @Nullable String amount,
      @Nullable String body,
      String refusedBecause,
      String at,
      @Nullable String resolvedBy,
      @Nullable String resolvedWhy) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  RefusedArrivals(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Keeps it, once however often it is sent. */
  @Transactional
  public void keep(Arrival arrival, String why) {
    jdbc.sql(
            """
            insert into payment_refused (provider, event_id, tenant_id, purpose, currency, amount,
              why, at)
            values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing
            """)
        .params(arrival.provider(), arrival.eventId(), arrival.organization())
        .params(arrival.purpose().name(), arrival.currency(), new BigDecimal(arrival.amount()))
        .params(why, now())
        .update();
  }

  /** Keeps an event that is not understood, once however often it is sent. */
  @Transactional
  public void keep(String provider, String eventId, byte[] body, String why) {
    jdbc.sql(
            """
            insert into payment_refused (provider, event_id, body, why, at)
            values (?, ?, ?, ?, ?) on conflict do nothing
            """)
        .params(provider, eventId, body, why, now())
        .update();
  }

  /** Whether that event was refused, whatever became of it. */
  boolean isKept(String provider, String eventId) {
    return jdbc.sql(
            "select exists (select from payment_refused where provider = ? and event_id = ?)")
        .params(provider, eventId)
        .query(Boolean.class)
        .single();
  }

  /** The newest first, and one more than the page has. */
  List<Refused> list(boolean open, ListPage page) {
    return jdbc.sql(
            """
            select p.*, r.actor as resolved_by, r.why as resolved_why
            from payment_refused p left join payment_resolved r using (refused_id)
            where (r.refused_id is null) = ? and
            """
                + page.following("p.refused_id", true))
        .param(open)
        .query(
            (row, n) ->
                new Refused(
                    row.getString("refused_id"),
                    row.getString("provider"),
                    row.getString("event_id"),
                    row.getString("tenant_id"),
                    row.getString("purpose"),
                    row.getString("currency"),
                    row.getString("amount"),
                    text(row.getBytes("body")),
                    row.getString("why"),
                    row.getObject("at", OffsetDateTime.class).toInstant().toString(),
                    row.getString("resolved_by"),
                    row.getString("resolved_why")))
        .list();
  }

  /**
   * Notes what a person did about it; the first word stays.
   *
   * @throws ServiceException {@code not_found}
   */
  @Transactional
  public void resolve(long id, String why, String by) {
    boolean known =
        jdbc.sql("select 1 from payment_refused where refused_id = ?")
            .param(id)
            .query(Integer.class)
            .optional()
            .isPresent();
    if (!known) {
      throw ServiceException.notFound("This refused payment");
    }
    jdbc.sql("insert into payment_resolved values (?, ?, ?, ?) on conflict do nothing")
        .params(id, by, why, now())
        .update();
  }

  private static @Nullable String text(byte @Nullable [] body) {
    return body == null ? null : new String(body, StandardCharsets.UTF_8);
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
