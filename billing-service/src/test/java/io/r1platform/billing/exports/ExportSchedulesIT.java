package io.r1platform.billing.exports;

import static io.r1platform.billing.exports.ScheduleBody.body;
import static io.r1platform.billing.exports.ScheduleBody.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.invoices.Closing;
import io.r1platform.billing.usage.InvoiceTraffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Schedules, with a clock that only goes on; each test has an organization of its own. */
class ExportSchedulesIT {
  private static final String SCHEDULES = "/internal/v1/export-schedules";
  private static final String JOBS = "/internal/v1/export-jobs";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  @TempDir private static Path directory;
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;

  @BeforeAll
  static void start() {
    billing =
        new BillingFixture(
            "--r1.billing.exports.directory=" + directory.resolve("exports"),
            "--r1.billing.exports.targets[0].name=share",
            "--r1.billing.exports.targets[0].folder=" + directory.resolve("share"),
            "--r1.billing.exports.schedules=9");
    traffic = new InvoiceTraffic(billing, new Random(11));
    YearMonth month = YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC));
    billing.clock().set(at(month.plusMonths(1).atDay(10) + "T10:20:00Z")); // far from any end
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void aMonthIsOverwrittenEachDayAndOnceMoreWhenItIsClosed() throws IOException {
    long tenant = 301;
    YearMonth month = month();
    traffic.chargeAny(tenant, billing.clock().instant());
    String id = ordered(body(tenant, "usage_hourly", "month", "daily"));
    ExportPlace place = place("usage_hourly", tenant, month);
    written(id);
    assertThat(place.rows()).isEqualTo("1");
    assertThat(get(id).path("written_as_of").asString()).isEqualTo(today() + "T00:00:00Z");

    billing.clock().advance(Duration.ofHours(1)); // another hour is another row
    traffic.chargeAny(tenant, billing.clock().instant());
    assertThat(jobs(id)).as("not before the next midnight").isEqualTo(1);
    billing.clock().set(at(tomorrow() + "T00:10:00Z"));
    look();
    assertThat(jobs(id)).as("a gateway has not been heard of").isEqualTo(1);
    traffic.hear(billing.clock().instant());
    billing.clock().advance(Duration.ofMinutes(2));
    written(id);
    assertThat(jobs(id)).isEqualTo(2);
    assertThat(place.rows()).isEqualTo("2");

    billing.clock().set(at(month.plusMonths(1).atDay(3) + "T04:00:00Z"));
    written(id);
    JsonNode open = get(id);
    assertThat(open.path("written_until").asString()).isEqualTo(midnight(month.plusMonths(1)));
    assertThat(closedUntil(id)).isEqualTo(midnight(month));
    JsonNode before = place.parts();
    long jobs = jobs(id);
    new Closing(billing).finalizeMonth(tenant, month);
    lookForTheClose(id);
    assertThat(jobs(id)).as("a gateway may yet have usage of the month").isEqualTo(jobs);
    traffic.hold(tenant, at(midnight(month.plusMonths(1))).minusSeconds(1), 7);
    traffic.hear(billing.clock().instant());
    lookForTheClose(id);
    assertThat(jobs(id)).as("a held record may yet be charged").isEqualTo(jobs);
    billing
        .database()
        .execute(
            """
            update billing.usage_held set resolved = 'REJECTED', resolved_by = 'somebody',
              resolved_why = 'a test', resolved_at = now()
            """);
    lookForTheClose(id);
    assertThat(closedUntil(id)).isEqualTo(midnight(month.plusMonths(1)));
    assertThat(jobs(id)).isEqualTo(jobs + 1);
    assertThat(place.parts()).as("nothing new").isEqualTo(before);
    billing.clock().advance(Duration.ofHours(2));
    written(id);
    assertThat(jobs(id)).as("never again").isEqualTo(jobs + 1);
    post(id, "close");
  }

  /** What it charged goes to a later month: both files as they were would count it twice. */
  @Test
  void aVoidInvoicesMonthIsWrittenOnceMoreInFocusAlone() throws IOException {
    long tenant = 308;
    YearMonth first = month();
    YearMonth second = first.plusMonths(1);
    traffic.chargeAny(tenant, billing.clock().instant());
    String charges = ordered(body(tenant, "focus_cost_and_usage", "month", "after_close"));
    String details = ordered(body(tenant, "focus_invoice_detail", "month", "daily"));
    String hours = ordered(body(tenant, "usage_hourly", "month", "daily"));
    List<String> all = List.of(charges, details, hours);
    ExportPlace place = place("focus_cost_and_usage", tenant, first);
    ExportPlace invoices = place("focus_invoice_detail", tenant, first);
    List<String> ids = new ArrayList<>();
    for (YearMonth month : List.of(first, second)) {
      billing.clock().set(at(month.plusMonths(1).atDay(3) + "T04:00:00Z"));
      traffic.hear(billing.clock().instant());
      all.forEach(ExportSchedulesIT::written);
      if (month.equals(second)) {
        traffic.chargeAny(tenant, at(second.atDay(20) + "T00:00:00Z"));
      }
      ids.add(new Closing(billing).finalizeMonth(tenant, month).path("invoice_id").asString());
      all.forEach(ExportSchedulesIT::lookForTheClose);
    }
    String charged = place.sum();
    assertThat(charged).isNotEqualTo("0");
    assertThat(closedUntil(charges)).isEqualTo(midnight(second.plusMonths(1)));
    String before = place("usage_hourly", tenant, first).manifestText();
    long jobs = jobs(hours);
    String billed = invoices.firstPart();

    new Closing(billing).order("/internal/v1/invoices/" + ids.getFirst() + "/void", "");
    List.of(charges, details).forEach(ExportSchedulesIT::lookForTheClose);
    assertThat(closedUntil(charges)).isEqualTo(midnight(second.plusMonths(1)));
    assertThat(place.rows()).as("it is charged later").isEqualTo("0");
    assertThat(invoices.firstPart()).isNotEqualTo(billed).contains("Voided");
    written(hours);
    assertThat(place("usage_hourly", tenant, first).manifestText()).isEqualTo(before);
    assertThat(jobs(hours)).isEqualTo(jobs);

    new Closing(billing).order("/internal/v1/invoices/" + ids.getLast() + "/void", "");
    assertThat(closedUntil(charges)).as("it bills itself again").isEqualTo(midnight(first));
    List.of(first, second).forEach(month -> new Closing(billing).finalizeMonth(tenant, month));
    lookForTheClose(charges);
    assertThat(closedUntil(charges)).isEqualTo(midnight(second.plusMonths(1)));
    assertThat(place.sum()).isEqualTo(charged);
    all.forEach(schedule -> post(schedule, "close"));
  }

  @Test
  void missedHoursAreMadeUpByOneOfSeveralReplicas() throws IOException {
    long tenant = 302;
    Instant hour = Period.HOUR.begin(billing.clock().instant());
    traffic.chargeAny(tenant, hour.minus(Duration.ofHours(2)).plusSeconds(5));
    String body = body(tenant, "usage_records", "hour", "hourly");
    String id = ordered(since(body, hour.minus(Duration.ofHours(3)) + ""));
    post(id, "pause");
    billing.clock().advance(Duration.ofHours(2));
    look();
    assertThat(jobs(id)).as("paused").isZero();
    post(id, "resume");
    List<CompletableFuture<Void>> replicas =
        IntStream.range(0, 4)
            .mapToObj(n -> CompletableFuture.runAsync(ExportSchedulesIT::look))
            .toList();
    replicas.forEach(CompletableFuture::join);
    written(id);
    assertThat(
            billing
                .sql()
                .sql(
                    "select from_at::text from export_job where schedule_id = ?::bigint"
                        + " order by job_id")
                .param(id)
                .query(String.class)
                .list())
        .as("each hour once, the oldest first")
        .hasSize(4)
        .doesNotHaveDuplicates()
        .isSorted();
    Path places = directory.resolve("share/usage_records/organization=" + tenant);
    try (Stream<Path> hours = Files.list(places)) {
      assertThat(hours.map(folder -> new ExportPlace(folder).rows()))
          .containsExactlyInAnyOrder("0", "1", "0", "0");
    }
    post(id, "close");
    billing.clock().advance(Duration.ofHours(3));
    look();
    assertThat(jobs(id)).isEqualTo(4);
    assertThat(post(id, "resume").text("code")).isEqualTo("already_decided");
  }

  @Test
  void aRunThatFailedIsTriedAgainLaterAndLaterAndIsSeen() throws IOException {
    long tenant = 303;
    Path wall = directory.resolve("share/usage_hourly/organization=" + tenant);
    Files.createDirectories(wall.getParent());
    Files.writeString(wall, "a file where the folder should be");
    String id = ordered(body(tenant, "usage_hourly", "day", "hourly"));
    look();
    failed(id, 1);
    Instant first = Instant.parse(get(id).path("retry_at").asString());
    assertThat(first).isEqualTo(billing.clock().instant().plus(Duration.ofMinutes(1)));
    assertThat(get(id).path("error").asString()).contains("organization=" + tenant);
    assertThat(late()).isEqualTo(1);
    billing.clock().advance(Duration.ofSeconds(50));
    look();
    assertThat(get(id).path("retry_at").asString()).isEqualTo(first.toString());
    billing.clock().advance(Duration.ofSeconds(10));
    look();
    failed(id, 2);
    assertThat(Instant.parse(get(id).path("retry_at").asString()))
        .isEqualTo(billing.clock().instant().plus(Duration.ofMinutes(2)));
    Files.delete(wall);
    post(id, "resume");
    written(id);
    assertThat(get(id).path("failures").asInt()).isZero();
    assertThat(get(id).path("error").isNull()).isTrue();
    assertThat(late()).isZero();
    assertThat(jobs(id)).as("the same job").isEqualTo(1);
    post(id, "close");
  }

  /** Else a file that has the records would be replaced by one that has not. */
  @Test
  void filesOfDaysThatLeftTheDatabaseStay() throws IOException {
    long tenant = 304;
    String id = ordered(body(tenant, "usage_records", "month", "daily"));
    written(id);
    YearMonth month = month();
    ExportPlace place = place("usage_records", tenant, month);
    String before = place.manifestText();
    retire(tenant, month.atDay(2));
    billing.clock().set(at(month.plusMonths(1).atDay(4) + "T09:00:00Z"));
    traffic.hear(billing.clock().instant());
    written(id);
    assertThat(closedUntil(id)).isEqualTo(midnight(month.plusMonths(1)));
    assertThat(place.manifestText()).isEqualTo(before);
    post(id, "close");
    String late = since(body(tenant, "usage_records", "day", "daily"), month.atDay(2) + "");
    Answer refused = billing.postJson(SCHEDULES, BillingFixture.GATEWAY, late);
    assertThat(refused.text("code")).isEqualTo("invalid_request");
    assertThat(refused.text("detail")).startsWith("'from'");
  }

  /** The same of a run that failed while they were there. */
  @Test
  void aFailedRunIsNotTriedAgainOnceItsDaysHaveLeft() throws IOException {
    long tenant = 306;
    Path wall = directory.resolve("share/usage_records/organization=" + tenant);
    Files.createDirectories(wall.getParent());
    Files.writeString(wall, "a file where the folder should be");
    String id = ordered(body(tenant, "usage_records", "month", "hourly"));
    look();
    failed(id, 1);
    retire(tenant, month().atDay(3));
    Files.delete(wall);
    post(id, "resume");
    look();
    assertThat(get(id).path("export_id").isNull()).isTrue();
    assertThat(get(id).path("failures").asInt()).isZero();
    assertThat(jobs(id)).isEqualTo(1);
    assertThat(wall).as("nothing was written").doesNotExist();
    post(id, "close");
  }

  /** Nor by somebody who resumes its job, or orders another one to the same place. */
  @Test
  void nobodyReplacesFilesOfDaysThatHaveLeft() throws IOException {
    long tenant = 307;
    traffic.chargeAny(tenant, billing.clock().instant());
    String id = ordered(body(tenant, "usage_records", "month", "hourly"));
    written(id);
    YearMonth month = month();
    ExportPlace place = place("usage_records", tenant, month);
    Path folder = place.folder().getParent();
    String before = place.manifestText();
    Path aside = directory.resolve("aside");
    Files.move(folder, aside);
    Files.writeString(folder, "a file where the folder should be");
    billing.clock().advance(Duration.ofHours(2));
    look();
    failed(id, 1);
    String job = get(id).path("export_id").asString();
    Files.delete(folder);
    Files.move(aside, folder);
    retire(tenant, month.atDay(2));

    Answer resumed = billing.postJson(JOBS + "/" + job + "/resume", BillingFixture.GATEWAY, "{}");
    String order =
        """
        {"command_id": "%s", "actor": "ada", "dataset": "usage_records", "organization_id": "%d",
         "from": "%s", "to": "%s", "target": "share", "by_operator": true}
        """
            .formatted(UUID.randomUUID(), tenant, month.atDay(1), month.plusMonths(1).atDay(1));
    Answer anew = billing.postJson(JOBS, BillingFixture.GATEWAY, order);
    for (Answer refused : List.of(resumed, anew)) {
      assertThat(refused.text("code")).as(refused.body()).isEqualTo("already_decided");
      assertThat(refused.text("detail")).contains("have left the database");
    }

    // As if somebody had resumed it while they were there.
    billing
        .database()
        .execute(
            """
            update billing.export_job set status = 'waiting', error = null, finished_at = null
            where job_id = %s
            """
                .formatted(job));
    billing.bean(Jobs.class).clean();
    await(() -> idle(id));
    JsonNode ended = billing.get(JOBS + "/" + job).json();
    assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("failed");
    assertThat(ended.path("error").asString()).contains("have left the database");
    assertThat(place.manifestText()).isEqualTo(before);
    try (Stream<Path> files = Files.list(place.folder())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("usage_records-00001.csv");
    }
    post(id, "close");
  }

  private static void retire(long tenant, LocalDate day) {
    billing
        .database()
        .execute(
            """
            insert into billing.usage_retired (day, part, requests, input, output, amount,
              engine_requests, engine_input, engine_output, waived_requests, waived_input,
              waived_output, manifest_sha256)
            values (date '%1$s', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sha256('x'))
            on conflict do nothing;
            insert into billing.usage_retired_tenant
            values (date '%1$s', 1, %2$d, 'USD', date '%1$s', 0, 0)
            """
                .formatted(day, tenant));
  }

  @Test
  void whatCannotBeIsRefusedAndACommandIsDoneOnce() {
    long tenant = 305;
    String good = body(tenant, "usage_hourly", "day", "after_close");
    String id = ordered(good);
    assertThat(ordered(good)).isEqualTo(id);
    look();
    assertThat(jobs(id)).isZero();
    Answer other =
        billing.postJson(SCHEDULES, BillingFixture.GATEWAY, good.replace("\"day\"", "\"month\""));
    assertThat(other.text("code")).isEqualTo("command_conflict");
    for (String wrong :
        List.of(
            body(tenant, "usage_hourly", "day", "daily"), // the same files
            body(tenant, "focus_cost_and_usage", "day", "daily"),
            body(tenant, "ledger_entries", "hour", "hourly"),
            body(tenant, "usage_records", "hour", "daily"),
            body(tenant, "usage_records", "week", "daily"),
            body(tenant, "usage_records", "month", "yearly"),
            body(tenant, "usage_records", "month", "daily").replace("share", "elsewhere"),
            since(body(tenant, "usage_records", "month", "daily"), today().toString()),
            since(body(tenant, "usage_records", "day", "daily"), "2019-01-01"),
            since(body(tenant, "usage_records", "day", "daily"), tomorrow().toString()))) {
      Answer refused = billing.postJson(SCHEDULES, BillingFixture.GATEWAY, wrong);
      assertThat(refused.text("code")).as(wrong).isEqualTo("invalid_request");
    }
    int open = 0;
    Answer more;
    do {
      more =
          billing.postJson(
              SCHEDULES,
              BillingFixture.GATEWAY,
              body(40_000 + open, "usage_hourly", "day", "after_close"));
      open++;
    } while (more.status() == 200);
    assertThat(more.text("detail")).contains("There are 9 schedules");
    assertThat(open).isLessThan(10);
    billing
        .get(SCHEDULES + "?limit=100")
        .json()
        .path("schedules")
        .forEach(schedule -> post(schedule.path("schedule_id").asString(), "close"));
    assertThat(get(id).path("status").asString()).isEqualTo("closed");
  }

  /** Looks until nothing runs for it and nothing is due. */
  private static void written(String id) {
    do {
      look();
      await(() -> idle(id));
      billing.clock().advance(Duration.ofSeconds(31)); // it is looked at again then
      look();
    } while (!get(id).path("export_id").isNull());
    assertThat(get(id).path("failures").asInt()).as(() -> get(id).toString()).isZero();
  }

  private static void lookForTheClose(String id) {
    billing.clock().advance(Duration.ofMinutes(11));
    written(id);
  }

  private static void failed(String id, int times) {
    await(() -> idle(id));
    billing
        .database()
        .execute("update billing.export_schedule set look_at = 'epoch' where retry_at is null");
    look();
    assertThat(get(id).path("failures").asInt()).isEqualTo(times);
  }

  private static boolean idle(String id) {
    String job = get(id).path("export_id").asString(null);
    return job == null
        || !List.of("waiting", "running").contains(billing.get(JOBS + "/" + job).text("status"));
  }

  private static void look() {
    billing.bean(Schedules.class).look();
  }

  private static double late() {
    return billing
        .bean(MeterRegistry.class)
        .get("r1.billing.exports.schedules.late")
        .gauge()
        .value();
  }

  private static long jobs(String id) {
    return billing
        .sql()
        .sql("select count(*) from export_job where schedule_id = ?::bigint")
        .param(id)
        .query(Long.class)
        .single();
  }

  private static ExportPlace place(String dataset, long tenant, YearMonth month) {
    return ExportPlace.of(directory.resolve("share"), dataset, tenant, month);
  }

  private static String ordered(String body) {
    Answer made = billing.postJson(SCHEDULES, BillingFixture.GATEWAY, body);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    return made.text("schedule_id");
  }

  private static Answer post(String id, String verb) {
    return billing.postJson(SCHEDULES + "/" + id + "/" + verb, BillingFixture.GATEWAY, "{}");
  }

  private static String closedUntil(String id) {
    return get(id).path("closed_until").asString();
  }

  private static String midnight(YearMonth month) {
    return month.atDay(1) + "T00:00:00Z";
  }

  private static JsonNode get(String id) {
    return billing.get(SCHEDULES + "/" + id).json();
  }

  private static YearMonth month() {
    return YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC));
  }

  private static LocalDate today() {
    return LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
  }

  private static LocalDate tomorrow() {
    return today().plusDays(1);
  }

  private static Instant at(String moment) {
    return Instant.parse(moment);
  }

  private static void await(BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - begun).isLessThan(PATIENCE.toNanos());
    }
  }
}
