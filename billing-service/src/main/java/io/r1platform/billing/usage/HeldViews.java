package io.r1platform.billing.usage;

import io.r1platform.billing.money.Dollars;
import io.r1platform.billing.pages.ListPage;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What is held, as a person needs it to decide. */
@Component
class HeldViews {
  /**
   * A held record. {@code cost} is what it says; {@code charged} what its id is charged already,
   * null if nothing.
   */
  record HeldRecord(
      String id,
      String eventId,
      String reason,
      String organizationId,
      String projectId,
      String apiKeyId,
      int modelId,
      Instant admittedAt,
      String inputTokens,
      String outputTokens,
      String cost,
      @Nullable String charged,
      String replica,
      int epoch,
      String seq,
      Instant heldAt,
      @Nullable Decision decision) {}

  /** A held receipt of an engine. */
  record HeldReceipt(
      String id,
      String eventId,
      String reason,
      String instanceId,
      String seq,
      Instant heldAt,
      @Nullable Decision decision) {}

  /** Who decided what, and why. */
  record Decision(String what, String by, String why, Instant at) {}

  private final JdbcClient jdbc;

  HeldViews(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The newest first, and one more than the page has. */
  List<HeldRecord> records(boolean open, ListPage page) {
    return jdbc.sql(
            """
            select h.*, (select u.amount_pico from usage_record u
              where u.event_id = h.event_id and h.reason = 'CONFLICT'
                and u.bucket = (uuid_extract_timestamp(h.event_id) at time zone 'UTC')::date)
              as charged
            from usage_held h where (h.resolved is null) = ? and
            """
                + page.following("h.held_id", true))
        .param(open)
        .query((row, n) -> record(row))
        .list();
  }

  /** The same of receipts. */
  List<HeldReceipt> receipts(boolean open, ListPage page) {
    return jdbc.sql(
            "select * from engine_held where (resolved is null) = ? and"
                + page.following("held_id", true))
        .param(open)
        .query(
            (row, n) ->
                new HeldReceipt(
                    row.getString("held_id"),
                    row.getString("event_id"),
                    row.getString("reason"),
                    row.getString("instance_id"),
                    row.getString("ship_seq"),
                    instant(row, "held_at"),
                    decision(row)))
        .list();
  }

  private static HeldRecord record(ResultSet row) throws SQLException {
    var says = UsageRecord.read(ByteBuffer.wrap(row.getBytes("record")));
    long charged = row.getLong("charged");
    boolean isCharged = !row.wasNull();
    return new HeldRecord(
        row.getString("held_id"),
        says.eventId().toString(),
        row.getString("reason"),
        Long.toString(says.tenantId()),
        Long.toString(says.projectId()),
        Long.toString(says.keyId()),
        says.modelId(),
        says.admittedAt(),
        Long.toString((long) says.hit() + says.miss()),
        Long.toString((long) says.reasoning() + says.answer()),
        Dollars.of(says.amountPico()),
        isCharged ? Dollars.of(charged) : null,
        row.getString("replica_id"),
        row.getInt("epoch"),
        row.getString("ship_seq"),
        instant(row, "held_at"),
        decision(row));
  }

  private static @Nullable Decision decision(ResultSet row) throws SQLException {
    String what = row.getString("resolved");
    return what == null
        ? null
        : new Decision(
            what,
            row.getString("resolved_by"),
            row.getString("resolved_why"),
            instant(row, "resolved_at"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
