package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The jobs and their parts, in transactions of their own: a job's snapshot is read-only. */
@Component
class JobTable {
  /**
   * What a job is made of.
   *
   * @param byOperator or by somebody of the organization
   * @param schedule which has it made; null: a person
   */
  record Order(
      UUID commandId,
      Scope scope,
      FileFormat format,
      @Nullable String target,
      boolean byOperator,
      String by,
      @Nullable Long schedule) {}

  private static final String COLUMNS =
      """
      job_id, tenant_id, project_id, dataset, format, columns, from_at, to_at, target, place,
      status, rows_read, error, manifest::text as manifest, by_operator, requested_by, created_at,
      finished_at, files_gone_at is not null as files_gone, schedule_id""";

  private static final int MOST_ERROR = 1_000;

  private final JdbcClient jdbc;
  private final TransactionTemplate own;
  private final JsonMapper json;
  private final Clock clock;

  JobTable(JdbcClient jdbc, PlatformTransactionManager transactions, JsonMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
    this.own = new TransactionTemplate(transactions);
    this.own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /**
   * The job of this command, made now if it is new; in the transaction that runs.
   *
   * @throws ServiceException {@code too_many_exports} beyond {@code most} unfinished ones; {@code
   *     command_conflict}
   */
  Job make(Order order, int most) {
    Scope scope = order.scope;
    Long organization = scope.organizationId();
    lock(organization);
    Optional<Job> made = byCommand(order.commandId);
    if (made.isPresent()) {
      return sameAs(order, made.get());
    }
    if (order.schedule == null) {
      requireRoom(organization, order.byOperator, scope.projectId() != null, most);
    }
    String insert =
        """
        insert into export_job (command_id, tenant_id, project_id, dataset, format, columns,
          from_at, to_at, target, place, status, by_operator, requested_by, created_at, schedule_id)
        values (:command, :tenant, :project, :dataset, :format, cast(:columns as text[]), :from,
          :to, :target, :place, 'waiting', :operator, :by, :now, :schedule)
        returning\s""";
    return jdbc.sql(insert + COLUMNS)
        .param("command", order.commandId)
        .param("tenant", organization)
        .param("project", scope.projectId())
        .param("dataset", scope.dataset().name())
        .param("format", order.format.extension())
        .param("columns", "{" + String.join(",", scope.selected()) + "}")
        .param("from", utc(scope.from()))
        .param("to", utc(scope.to()))
        .param("target", order.target)
        .param("place", place(order))
        .param("operator", order.byOperator)
        .param("by", order.by)
        .param("now", utc(clock.instant()))
        .param("schedule", order.schedule)
        .query(this::read)
        .single();
  }

  /** Those that are to run, or run. */
  List<Long> unfinished() {
    return jdbc.sql(
            "select job_id from export_job where status in ('waiting', 'running') order by job_id")
        .query(Long.class)
        .list();
  }

  Optional<Job> find(long id) {
    return jdbc.sql("select " + COLUMNS + " from export_job where job_id = ?")
        .param(id)
        .query(this::read)
        .optional();
  }

  /**
   * Newest first.
   *
   * @param downloadsOnly without those that go to a target
   */
  List<Job> list(@Nullable Long organizationId, boolean downloadsOnly, ListPage page) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from export_job where (cast(:tenant as bigint) is null or tenant_id = :tenant)"
                + (downloadsOnly ? " and target is null" : "")
                + " and"
                + page.following("job_id", true))
        .param("tenant", organizationId)
        .query(this::read)
        .list();
  }

  /** What keys of the project ordered, newest first. */
  List<Job> ofKeys(long organizationId, long projectId, ListPage page) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from export_job where tenant_id = ? and project_id = ? and not by_operator and"
                + page.following("job_id", true))
        .params(organizationId, projectId)
        .query(this::read)
        .list();
  }

  /**
   * Takes it for a run: it waits, or whoever ran it died. False if it is not to be run.
   *
   * @throws DuplicateKeyException while another job writes to the same place
   */
  boolean begin(long id, UUID run) {
    return inOwn(
        () ->
            jdbc.sql(
                        """
                        update export_job set status = 'running', run_id = ?
                        where job_id = ? and status in ('waiting', 'running')
                        """)
                    .param(run)
                    .param(id)
                    .update()
                > 0);
  }

  boolean isWaiting(long id) {
    return find(id).map(job -> job.status() == Job.Status.WAITING).orElse(false);
  }

  /** Notes how far it is; false if it was cancelled, or another has taken it. */
  boolean progress(long id, UUID run, long rows) {
    return inOwn(
        () ->
            jdbc.sql(
                        """
                        update export_job set rows_read = ?
                        where job_id = ? and run_id = ? and status = 'running'
                        """)
                    .param(rows)
                    .param(id)
                    .param(run)
                    .update()
                > 0);
  }

  boolean done(long id, UUID run, Manifest manifest) {
    return end(
        "status = 'done', manifest = cast(:text as jsonb)",
        id,
        run,
        json.writeValueAsString(manifest));
  }

  boolean failed(long id, UUID run, String why) {
    return end(
        "status = 'failed', error = :text",
        id,
        run,
        why.substring(0, Math.min(MOST_ERROR, why.length())));
  }

  /** Ends one that waits or runs; whoever runs it hears of it soon. */
  boolean cancel(long id) {
    return jdbc.sql(
                """
                update export_job set status = 'cancelled', finished_at = ?
                where job_id = ? and status in ('waiting', 'running')
                """)
            .param(utc(clock.instant()))
            .param(id)
            .update()
        > 0;
  }

  /**
   * Lets a failed or cancelled one wait again; its parts are still known. In the transaction that
   * runs.
   *
   * @throws ServiceException {@code too_many_exports} beyond {@code most} unfinished ones
   */
  boolean resume(Job job, int most) {
    lock(job.organizationId());
    if (job.scheduleId() == null) {
      requireRoom(job.organizationId(), job.byOperator(), job.projectId() != null, most);
    }
    return jdbc.sql(
                """
                update export_job set status = 'waiting', error = null, finished_at = null
                where job_id = ? and status in ('failed', 'cancelled') and files_gone_at is null
                """)
            .param(job.id())
            .update()
        > 0;
  }

  /** Parts that are in place, by number. */
  Map<Integer, Part> parts(long id) {
    var parts = new TreeMap<Integer, Part>();
    jdbc.sql("select * from export_part where job_id = ?")
        .param(id)
        .query(
            row -> {
              var sums = new TreeMap<String, String>();
              json.readTree(row.getString("sum_pico"))
                  .properties()
                  .forEach(sum -> sums.put(sum.getKey(), sum.getValue().asString()));
              int no = row.getInt("part_no");
              parts.put(
                  no,
                  new Part(
                      no,
                      row.getString("file"),
                      row.getLong("rows"),
                      sums,
                      row.getLong("bytes"),
                      row.getString("sha256"),
                      row.getString("input_sha256"),
                      0));
            });
    return parts;
  }

  /** Notes a part; false if it was cancelled, or another has taken it. */
  boolean put(long id, UUID run, Part part) {
    return inOwn(
        () -> {
          String mine =
              "select 1 from export_job where job_id = ? and run_id = ? and status = 'running'"
                  + " for share";
          if (jdbc.sql(mine).param(id).param(run).query(Integer.class).optional().isEmpty()) {
            return false;
          }
          jdbc.sql("delete from export_part where job_id = ? and part_no = ?")
              .param(id)
              .param(part.no())
              .update();
          return jdbc.sql(
                      """
                    insert into export_part (job_id, part_no, file, rows, sum_pico, bytes, sha256,
                      input_sha256)
                    values (:job, :no, :file, :rows, cast(:sums as jsonb), :bytes, :sha, :input)
                    """)
                  .param("job", id)
                  .param("no", part.no())
                  .param("file", part.file())
                  .param("rows", part.rows())
                  .param("sums", json.writeValueAsString(part.sumPico()))
                  .param("bytes", part.bytes())
                  .param("sha", part.sha256())
                  .param("input", part.inputSha256())
                  .update()
              > 0;
        });
  }

  void forgetParts(long id) {
    inOwn(() -> jdbc.sql("delete from export_part where job_id = ?").param(id).update());
  }

  /**
   * With files that wait for download: those that ended before then, and of an organization, or of
   * one project of it, those that are more than so many, the oldest.
   */
  List<Job> old(Instant before, int most) {
    return jdbc.sql(
            "select * from (select "
                + COLUMNS
                + """
                 , row_number() over (partition by tenant_id, by_operator, project_id
                    order by finished_at desc, job_id desc) as place_of_age
                  from export_job
                  where target is null and files_gone_at is null and finished_at is not null) kept
                where finished_at < ? or place_of_age > ? order by job_id
                """)
        .param(utc(before))
        .param(most)
        .query(this::read)
        .list();
  }

  /**
   * Forgets jobs that ended before then, and of an organization's, or of a project's, those that
   * are more than so many, the oldest: whose files do not wait, and which no schedule looks at.
   */
  int forget(Instant before, int most) {
    return jdbc.sql(
            """
            with over as (
              select job_id from (
                select job_id, finished_at, row_number() over (
                    partition by tenant_id, by_operator, project_id, schedule_id is null
                    order by job_id desc) as place_of_age
                from export_job
                where finished_at is not null and (target is not null or files_gone_at is not null)
              ) ended
              where (finished_at < :before or place_of_age > :most)
                and not exists (select from export_schedule s where s.job_id = ended.job_id)),
            parts as (delete from export_part where job_id in (select job_id from over))
            delete from export_job where job_id in (select job_id from over)
            """)
        .param("before", utc(before))
        .param("most", most)
        .update();
  }

  /** Where files of jobs since then went, by the name of the target. */
  List<Map.Entry<String, String>> places(Instant since) {
    return jdbc.sql(
            """
            select distinct target, place from export_job
            where target is not null and created_at >= ?
            """)
        .param(utc(since))
        .query((row, n) -> Map.entry(row.getString("target"), row.getString("place")))
        .list();
  }

  void filesGone(long id) {
    jdbc.sql("update export_job set files_gone_at = ? where job_id = ?")
        .param(utc(clock.instant()))
        .param(id)
        .update();
  }

  Optional<Job> byCommand(UUID command) {
    return jdbc.sql("select " + COLUMNS + " from export_job where command_id = ?")
        .param(command)
        .query(this::read)
        .optional();
  }

  private static Job sameAs(Order order, Job made) {
    Scope scope = order.scope;
    boolean same =
        made.dataset().equals(scope.dataset().name())
            && made.format() == order.format
            && made.columns().equals(scope.selected())
            && made.from().equals(scope.from())
            && made.to().equals(scope.to())
            && Objects.equals(made.organizationId(), scope.organizationId())
            && Objects.equals(made.projectId(), scope.projectId())
            && Objects.equals(made.target(), order.target);
    if (!same) {
      throw ServiceException.commandConflict(order.commandId.toString());
    }
    return made;
  }

  private void lock(@Nullable Long organization) {
    jdbc.sql("select pg_advisory_xact_lock(hashtext('billing.exports'), ?)")
        .param(Long.hashCode(organization == null ? 0 : organization))
        .query((row, n) -> true)
        .single();
  }

  /** Those of projects, which keys order, are counted apart from those that people order. */
  private void requireRoom(
      @Nullable Long organization, boolean byOperator, boolean ofProject, int most) {
    long unfinished =
        jdbc.sql(
                """
                select count(*) from export_job
                where status in ('waiting', 'running') and tenant_id is not distinct from ?
                  and by_operator = ? and (project_id is not null) = ? and schedule_id is null
                """)
            .param(organization)
            .param(byOperator)
            .param(ofProject)
            .query(Long.class)
            .single();
    if (unfinished >= most) {
      throw ServiceException.tooManyExports(most);
    }
  }

  /** Of a download its own; of a target that of its scope, so that it overwrites it. */
  private static String place(Order order) {
    if (order.target == null) {
      return order.commandId.toString();
    }
    Scope scope = order.scope;
    Long organization = scope.organizationId();
    return "%s/organization=%s/%s%s_%s"
        .formatted(
            scope.dataset().name(),
            organization == null ? "all" : organization.toString(),
            scope.projectId() == null ? "" : "project=" + scope.projectId() + "/",
            hour(scope.from()),
            hour(scope.to()));
  }

  private static String hour(Instant moment) {
    return moment.toString().replaceAll("[:Z]", "").replaceAll("T0000(00)?$", "");
  }

  private boolean end(String how, long id, UUID run, String text) {
    return inOwn(
        () ->
            jdbc.sql(
                        "update export_job set finished_at = :now, "
                            + how
                            + " where job_id = :id and run_id = :run and status = 'running'")
                    .param("now", utc(clock.instant()))
                    .param("id", id)
                    .param("run", run)
                    .param("text", text)
                    .update()
                > 0);
  }

  private <T> T inOwn(Supplier<T> work) {
    return Objects.requireNonNull(own.execute(status -> work.get()));
  }

  private Job read(ResultSet row, int number) throws SQLException {
    OffsetDateTime finished = row.getObject("finished_at", OffsetDateTime.class);
    Array columns = row.getArray("columns");
    return new Job(
        row.getLong("job_id"),
        row.getObject("tenant_id", Long.class),
        row.getObject("project_id", Long.class),
        row.getString("dataset"),
        FileFormat.named(row.getString("format")),
        List.of((String[]) columns.getArray()),
        row.getObject("from_at", OffsetDateTime.class).toInstant(),
        row.getObject("to_at", OffsetDateTime.class).toInstant(),
        row.getString("target"),
        row.getString("place"),
        Job.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getLong("rows_read"),
        row.getString("error"),
        row.getString("manifest"),
        row.getBoolean("by_operator"),
        row.getString("requested_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        finished == null ? null : finished.toInstant(),
        row.getBoolean("files_gone"),
        row.getObject("schedule_id", Long.class));
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
