package io.r1platform.billing.exports;

import io.r1platform.billing.exports.Schedule.Progress;
import io.r1platform.billing.exports.Schedule.Run;
import io.r1platform.billing.pages.ListPage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The schedules, in the transaction that runs. */
@Component
class ScheduleTable {
  /**
   * What a schedule is made of.
   *
   * @param scope its first period
   */
  record Order(
      UUID commandId,
      Scope scope,
      FileFormat format,
      String target,
      Period period,
      Rhythm rhythm,
      String by) {}

  private static final Duration LONG_FOR_A_RUN = Duration.ofHours(6);
  private static final Duration LONG_FOR_A_CLOSE = Duration.ofDays(35);

  private final JdbcClient jdbc;

  ScheduleTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Lets no other be made until the transaction ends. */
  void lock() {
    jdbc.sql("select pg_advisory_xact_lock(hashtext('billing.exports.schedules'), 0)")
        .query((row, n) -> true)
        .single();
  }

  Schedule make(Order order, Instant now) {
    Scope scope = order.scope;
    return jdbc.sql(
            """
            insert into export_schedule (command_id, tenant_id, dataset, format, columns, target,
              period, rhythm, begins_at, status, made_by, made_at, next_from, final_from, look_at)
            values (:command, :tenant, :dataset, :format, cast(:columns as text[]), :target,
              :period, :rhythm, :from, 'active', :by, :now, :from, :from, :now)
            returning *
            """)
        .param("command", order.commandId)
        .param("tenant", scope.organizationId())
        .param("dataset", scope.dataset().name())
        .param("format", order.format.extension())
        .param("columns", "{" + String.join(",", scope.selected()) + "}")
        .param("target", order.target)
        .param("period", order.period.wireName())
        .param("rhythm", order.rhythm.wireName())
        .param("from", utc(scope.from()))
        .param("by", order.by)
        .param("now", utc(now))
        .query(ScheduleTable::read)
        .single();
  }

  Optional<Schedule> byCommand(UUID command) {
    return jdbc.sql("select * from export_schedule where command_id = ?")
        .param(command)
        .query(ScheduleTable::read)
        .optional();
  }

  Optional<Schedule> find(long id) {
    return jdbc.sql("select * from export_schedule where schedule_id = ?")
        .param(id)
        .query(ScheduleTable::read)
        .optional();
  }

  /** Newest first. */
  List<Schedule> list(@Nullable Long organizationId, ListPage page) {
    return jdbc.sql(
            "select * from export_schedule"
                + " where (cast(:tenant as bigint) is null or tenant_id = :tenant) and"
                + page.following("schedule_id", true))
        .param("tenant", organizationId)
        .query(ScheduleTable::read)
        .list();
  }

  /** How many are not closed. */
  long count() {
    return jdbc.sql("select count(*) from export_schedule where status <> 'closed'")
        .query(Long.class)
        .single();
  }

  /** The one that writes to the same files. */
  Optional<Long> rival(Order order) {
    return jdbc.sql(
            """
            select schedule_id from export_schedule
            where target = ? and dataset = ? and coalesce(tenant_id, 0) = coalesce(?::bigint, 0)
              and period = ? and status <> 'closed'
            """)
        .param(order.target)
        .param(order.scope.dataset().name())
        .param(order.scope.organizationId())
        .param(order.period.wireName())
        .query(Long.class)
        .optional();
  }

  /** One that is to be looked at and that nobody else looks at, until the transaction ends. */
  Optional<Schedule> claim(Instant now) {
    return jdbc.sql(
            """
            select * from export_schedule where status = 'active' and look_at <= ?
            order by look_at, schedule_id limit 1 for update skip locked
            """)
        .param(utc(now))
        .query(ScheduleTable::read)
        .optional();
  }

  /** Waits for whoever looks at it. */
  Optional<Schedule> locked(long id) {
    return jdbc.sql("select * from export_schedule where schedule_id = ? for update")
        .param(id)
        .query(ScheduleTable::read)
        .optional();
  }

  /** Locks those that are not closed and have rows of the organization, as they are by then. */
  List<Schedule> lockOf(List<String> datasets, long organization) {
    return jdbc.sql(
            """
            select * from export_schedule
            where status <> 'closed' and dataset in (:datasets)
              and coalesce(tenant_id, :organization) = :organization
            order by schedule_id for update
            """)
        .param("datasets", datasets)
        .param("organization", organization)
        .query(ScheduleTable::read)
        .list();
  }

  void put(long id, Progress progress, Instant lookAt) {
    Run run = progress.run();
    Instant written = progress.writtenAt();
    Instant retry = progress.retryAt();
    Instant done = progress.doneAt();
    jdbc.sql(
            """
            update export_schedule set next_from = :next, written_at = :written,
              final_from = :final, job_id = :job, job_due = :due, job_final = :last,
              failures = :failures, retry_at = :retry, error = :error, done_at = :done,
              look_at = :look
            where schedule_id = :id
            """)
        .param("next", utc(progress.nextFrom()))
        .param("written", written == null ? null : utc(written))
        .param("final", utc(progress.finalFrom()))
        .param("job", run == null ? null : run.jobId())
        .param("due", run == null ? null : utc(run.due()))
        .param("last", run != null && run.last())
        .param("failures", progress.failures())
        .param("retry", retry == null ? null : utc(retry))
        .param("error", progress.error())
        .param("done", done == null ? null : utc(done))
        .param("look", utc(lookAt))
        .param("id", id)
        .update();
  }

  /** What cannot be looked at is put off, with the reason. */
  void putOff(long id, String why, Instant lookAt) {
    jdbc.sql(
            """
            update export_schedule set failures = failures + 1, error = ?, look_at = ?
            where schedule_id = ?
            """)
        .param(why)
        .param(utc(lookAt))
        .param(id)
        .update();
  }

  void status(long id, Schedule.Status status) {
    jdbc.sql("update export_schedule set status = ? where schedule_id = ?")
        .param(status.wireName())
        .param(id)
        .update();
  }

  /**
   * Active ones whose run failed and is not done since or takes more than six hours, and those of
   * which a month that ended 35 days ago is not closed.
   */
  long late(Instant now) {
    return jdbc.sql(
            """
            select count(*) from export_schedule s left join export_job j using (job_id)
            where s.status = 'active' and (s.failures > 0 or j.created_at < ?
              or s.job_id is null and s.final_from < ?) -- with a job it makes up what was missed
            """)
        .param(utc(now.minus(LONG_FOR_A_RUN)))
        .param(utc(Period.MONTH.begin(now.minus(LONG_FOR_A_CLOSE))))
        .query(Long.class)
        .single();
  }

  /** Until when gateways have said all; null: none lives. */
  @Nullable Instant completeThrough() {
    return jdbc.sql("select through from usage_complete")
        .query((row, n) -> Optional.ofNullable(instant(row, "through")))
        .single()
        .orElse(null);
  }

  /** Whether whoever is in the scope has finalized invoices for all of that month. */
  boolean isClosed(@Nullable Long organizationId, Instant month) {
    LocalDate first = LocalDate.ofInstant(month, ZoneOffset.UTC);
    return jdbc.sql(
            "select coalesce(bool_and(closed), true) from invoice_month(cast(? as bigint), ?, ?)")
        .param(organizationId)
        .param(first)
        .param(first.plusMonths(1))
        .query(Boolean.class)
        .single();
  }

  /** Whether a record of the scope waits for a person, who may have it charged. */
  boolean hasHeld(@Nullable Long organizationId, Instant from, Instant to) {
    return jdbc.sql(
            """
            select exists (select from usage_held
              where resolved is null and reason not in ('CONFLICT', 'MALFORMED')
                and substring(record from 49 for 8) >= int8send(:from)
                and substring(record from 49 for 8) < int8send(:to)
                and (cast(:tenant as bigint) is null
                  or substring(record from 25 for 8) = int8send(cast(:tenant as bigint))))
            """)
        .param("from", micros(from))
        .param("to", micros(to))
        .param("tenant", organizationId)
        .query(Boolean.class)
        .single();
  }

  /** Whether a record of the scope, which is charged, has still to get its place in the log. */
  boolean waitsForTheLog(@Nullable Long organizationId, Instant from, Instant to) {
    return jdbc.sql(
            """
            select exists (select from charged_request
              where journal_id in (select journal_id from log_waiting)
                and bucket between (cast(:from as timestamptz) at time zone 'UTC')::date - 1
                  and (cast(:to as timestamptz) at time zone 'UTC')::date + 1
                and admitted_at >= :from and admitted_at < :to
                and (cast(:tenant as bigint) is null or tenant_id = :tenant))
            """)
        .param("from", utc(from))
        .param("to", utc(to))
        .param("tenant", organizationId)
        .query(Boolean.class)
        .single();
  }

  /** As a record has it. */
  private static long micros(Instant moment) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
  }

  private static Schedule read(ResultSet row, int number) throws SQLException {
    long job = row.getLong("job_id");
    Instant due = instant(row, "job_due");
    return new Schedule(
        row.getLong("schedule_id"),
        row.getObject("tenant_id", Long.class),
        row.getString("dataset"),
        FileFormat.named(row.getString("format")),
        List.of((String[]) row.getArray("columns").getArray()),
        row.getString("target"),
        Period.named(row.getString("period")),
        Rhythm.named(row.getString("rhythm")),
        row.getObject("begins_at", OffsetDateTime.class).toInstant(),
        Schedule.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getString("made_by"),
        row.getObject("made_at", OffsetDateTime.class).toInstant(),
        new Progress(
            row.getObject("next_from", OffsetDateTime.class).toInstant(),
            instant(row, "written_at"),
            row.getObject("final_from", OffsetDateTime.class).toInstant(),
            due == null ? null : new Run(job, due, row.getBoolean("job_final")),
            row.getInt("failures"),
            instant(row, "retry_at"),
            row.getString("error"),
            instant(row, "done_at")));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
    return moment == null ? null : moment.toInstant();
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
