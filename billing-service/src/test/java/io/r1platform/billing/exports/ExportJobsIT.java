package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.usage.InvoiceTraffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Exports as jobs, to files for download, to a folder and to a bucket of a real S3 server. */
class ExportJobsIT {
  private static final String JOBS = ExportOrders.JOBS;
  private static final String HASH = "0".repeat(64);
  @TempDir private static Path directory;
  private static StorageServer storage;
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static LocalDate today;
  private static ExportOrders orders;

  @BeforeAll
  static void start() throws IOException {
    storage = StorageServer.start(directory);
    var settings =
        new ArrayList<>(
            List.of(
                "--r1.billing.exports.directory=" + directory.resolve("exports"),
                "--r1.billing.exports.per-organization=2",
                "--r1.billing.exports.kept-per-organization=2",
                "--r1.billing.exports.targets[0].name=share",
                "--r1.billing.exports.targets[0].folder=" + directory.resolve("share"),
                "--r1.billing.exports.targets[1].prefix=finance"));
    settings.addAll(storage.target(1, "bucket", StorageServer.KEY_ID, StorageServer.SECRET));
    settings.addAll(storage.target(2, "locked", StorageServer.KEY_ID, "another-secret-of-nobody"));
    settings.addAll(storage.target(3, "blank", "", ""));
    billing = new BillingFixture(settings.toArray(String[]::new));
    traffic = new InvoiceTraffic(billing, new Random(9));
    today = LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
    orders = new ExportOrders(billing, today);
    for (long tenant : List.of(91L, 91L, 92L)) {
      traffic.chargeAny(tenant, billing.clock().instant());
    }
    billing
        .sql()
        .sql(
            """
            insert into usage_label select bucket, event_id, null, 'a,b', '{"k": "v"}'
            from usage_record where tenant_id = 91 order by event_id limit 1
            """)
        .update();
  }

  @AfterAll
  static void stop() {
    billing.close();
    storage.close();
  }

  @Test
  void aJobIsDoneOnceAndItsFilesAreFetched() throws IOException {
    String body = orders.body(UUID.randomUUID(), "91", "csv", "null");
    Answer dry = billing.postJson("/internal/v1/dry-run/export-jobs", BillingFixture.GATEWAY, body);
    assertThat(dry.status()).as(dry.body()).isEqualTo(200);
    assertThat(billing.get(JOBS + "?organization_id=91").json().path("exports")).isEmpty();
    String id = orders.ordered(body);
    assertThat(orders.ordered(body)).as("the same command").isEqualTo(id);
    Answer other = billing.postJson(JOBS, BillingFixture.GATEWAY, body.replace("\"91\"", "\"92\""));
    assertThat(other.text("code")).isEqualTo("command_conflict");

    JsonNode done = orders.ended(id);
    assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("done");
    JsonNode part = done.path("manifest").path("parts").get(0);
    assertThat(done.path("manifest").path("rows").asString()).isEqualTo("2");
    Answer file = billing.get(JOBS + "/" + id + "/files/" + part.path("file").asString());
    List<String> lines = file.body().lines().toList();
    assertThat(lines.get(0)).endsWith(",batch,client_reference,end_user,metadata");
    assertThat(lines.get(1)).endsWith(",,\"a,b\",\"{\"\"k\"\": \"\"v\"\"}\"");
    assertThat(lines.get(2)).endsWith(",,,");
    Path copy = directory.resolve("copy.csv");
    Files.writeString(copy, file.body());
    assertThat(Hashes.sha256(copy)).isEqualTo(part.path("sha256").asString());
    assertThat(billing.get(JOBS + "/" + id + "/files/manifest.json").json())
        .isEqualTo(done.path("manifest"));
    for (String name : List.of("usage_records-00002.csv", "..%2F..%2Fshare", "nothing")) {
      assertThat(billing.get(JOBS + "/" + id + "/files/" + name).status())
          .as(name)
          .isBetween(400, 404);
    }
    JsonNode listed = billing.get(JOBS + "?organization_id=91&limit=1").json();
    assertThat(listed.path("exports").get(0).path("export_id").asString()).isEqualTo(id);

    billing.clock().advance(Duration.ofDays(8));
    billing.bean(Jobs.class).clean();
    billing.clock().advance(Duration.ofDays(-8));
    assertThat(billing.get(JOBS + "/" + id + "/files/manifest.json").status()).isEqualTo(404);
    assertThat(billing.get(JOBS + "/" + id).json().path("downloadable").asBoolean()).isFalse();
  }

  @Test
  void whatCanBeOrderedIsListed() {
    JsonNode options = billing.get(JOBS + "/options").json();
    assertThat(options.path("formats").valueStream().map(JsonNode::asString))
        .containsExactly("csv", "csv.gz", "jsonl.gz", "parquet");
    assertThat(options.path("targets").valueStream().map(JsonNode::asString))
        .containsExactly("share", "bucket", "locked", "blank");
    for (JsonNode dataset : options.path("datasets")) {
      String name = dataset.path("name").asString();
      Dataset known = billing.bean(Datasets.class).named(name);
      assertThat(dataset.path("whole_days").asBoolean()).as(name).isEqualTo(known.ofWholeDays());
      assertThat(dataset.path("shortest_period").asString())
          .isEqualTo(known.leastPeriod().wireName());
      assertThat(dataset.path("columns").valueStream().map(one -> one.path("name").asString()))
          .as(name)
          .containsExactlyElementsOf(known.columns().stream().map(Column::name).toList());
    }
    assertThat(options.path("datasets").size())
        .isEqualTo(billing.bean(Datasets.class).all().size())
        .isGreaterThanOrEqualTo(6);
  }

  @Test
  void aCancelledJobStopsAndIsResumed() throws SQLException {
    String id;
    try (Connection locked = orders.lock("export_part")) {
      id = orders.ordered(orders.body(UUID.randomUUID(), "92", "parquet", "null"));
      ExportOrders.await(() -> orders.status(id).equals("running"));
      assertThat(orders.post(id, "cancel").text("status")).isEqualTo("cancelled");
      assertThat(orders.post(id, "cancel").text("code")).isEqualTo("already_decided");
      locked.rollback();
    }
    assertThat(orders.ended(id).path("manifest").isNull()).isTrue();
    assertThat(orders.post(id, "resume").text("status")).isEqualTo("waiting");
    ExportOrders.await(
        () -> {
          billing.bean(Jobs.class).clean(); // finds one whose last run still ended, as each minute
          return !List.of("waiting", "running").contains(orders.status(id));
        });
    JsonNode done = orders.ended(id);
    assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("done");
    assertThat(orders.post(id, "resume").text("code")).isEqualTo("already_decided");
  }

  /** FOCUS's Cost and Usage sorts for up to an hour first. */
  @Test
  void aJobWhoseFirstRowDoesNotComeEndsAtOnceWhenItIsCancelledOrTheProcessStops()
      throws SQLException {
    try (Connection locked = orders.lock("entry")) {
      String ledger =
          orders
              .body(UUID.randomUUID(), "95", "csv", "null")
              .replace("usage_records", "ledger_entries");
      String id = orders.ordered(ledger);
      ExportOrders.await(() -> orders.copiesThatWait() == 1);
      assertThat(orders.post(id, "cancel").text("status")).isEqualTo("cancelled");
      ExportOrders.await(() -> orders.copiesThatWait() == 0);

      orders.post(id, "resume");
      ExportOrders.await(
          () -> {
            billing.bean(Jobs.class).clean();
            return orders.copiesThatWait() == 1;
          });
      billing.bean(Jobs.class).stop();
      ExportOrders.await(() -> orders.copiesThatWait() == 0);
      assertThat(orders.status(id)).isEqualTo("running");
      billing.clock().advance(Duration.ofSeconds(30)); // before: looks are timed by it too
      billing.bean(Jobs.class).start();
      ExportOrders.await(() -> orders.copiesThatWait() == 1);
      billing.clock().advance(Duration.ofSeconds(-30));
      locked.rollback();
      assertThat(orders.ended(id).path("status").asString()).isEqualTo("done");
    }
  }

  /** What a process left that died: the job runs for nobody, and nothing is scheduled. */
  @Test
  void aJobWhoseProcessDiedIsFoundAndTheDeadChangesNothing() {
    UUID dead = UUID.randomUUID();
    JobTable table = billing.bean(JobTable.class);
    Scope scope =
        Scope.of(
            billing.bean(Datasets.class).named("usage_hourly"),
            today.atStartOfDay(ZoneOffset.UTC).toInstant(),
            today.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
            93L);
    var order =
        new JobTable.Order(
            UUID.randomUUID(), scope, FileFormat.CSV_GZ, null, false, "a test", null);
    long id = table.make(order, 2).id();
    assertThat(table.begin(id, dead)).isTrue();
    billing.bean(Jobs.class).clean();
    assertThat(orders.ended(Long.toString(id)).path("status").asString()).isEqualTo("done");
    assertThat(table.progress(id, dead, 5)).isFalse();
    assertThat(table.failed(id, dead, "too late")).isFalse();
    var part = new Part(2, "usage_hourly-00002.csv.gz", 1, Map.of(), 1, HASH, HASH, 0);
    assertThat(table.put(id, dead, part)).isFalse();
    assertThat(table.parts(id)).containsOnlyKeys(1);
    assertThat(orders.status(Long.toString(id))).isEqualTo("done");
  }

  @Test
  void anOrganizationHasSoManyAtOnce() throws SQLException {
    try (Connection locked = orders.lock("export_part")) {
      String first = orders.ordered(orders.body(UUID.randomUUID(), "94", "csv", "null"));
      orders.ordered(orders.body(UUID.randomUUID(), "94", "csv", "null"));
      String third = orders.body(UUID.randomUUID(), "94", "csv", "null");
      Answer refused = billing.postJson(JOBS, BillingFixture.GATEWAY, third);
      assertThat(refused.text("code")).isEqualTo("too_many_exports");
      String operators = third.replace("{\"command_id", "{\"by_operator\": true, \"command_id");
      orders.ordered(operators);
      orders.post(first, "cancel");
      String fourth = orders.ordered(orders.body(UUID.randomUUID(), "94", "csv", "null"));
      assertThat(orders.post(first, "resume").text("code")).isEqualTo("too_many_exports");
      orders.post(fourth, "cancel");
      assertThat(orders.post(first, "resume").text("status")).isEqualTo("waiting");
      locked.rollback();
    }
  }

  @Test
  void aFolderIsOverwrittenAndTheManifestIsLast() throws IOException {
    String body = orders.body(UUID.randomUUID(), "91", "jsonl.gz", "\"share\"");
    JsonNode done = orders.ended(orders.ordered(body));
    assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("done");
    Path place =
        directory.resolve(
            "share/usage_records/organization=91/%s_%s".formatted(today, today.plusDays(1)));
    Files.writeString(place.resolve("usage_records-00002.jsonl.gz"), "of an earlier, longer one");
    orders.ended(orders.ordered(orders.body(UUID.randomUUID(), "91", "jsonl.gz", "\"share\"")));
    try (var files = Files.walk(place).filter(Files::isRegularFile)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("usage_records-00001.jsonl.gz", "manifest.json");
    }
    String id = done.path("export_id").asString();
    assertThat(billing.get(JOBS + "/" + id + "/files/manifest.json").status()).isEqualTo(404);
  }

  @Test
  void aBucketGetsPartsAndThenTheManifest() throws IOException {
    String place =
        "finance/usage_records/organization=91/%s_%s/".formatted(today, today.plusDays(1));
    JsonNode earlier =
        orders.ended(orders.ordered(orders.body(UUID.randomUUID(), "91", "csv", "\"bucket\"")));
    assertThat(earlier.path("status").asString())
        .as(() -> earlier + storage.said())
        .isEqualTo("done");
    assertThat(storage.keys()).contains(place + "usage_records-00001.csv");
    JsonNode done =
        orders.ended(orders.ordered(orders.body(UUID.randomUUID(), "91", "parquet", "\"bucket\"")));
    assertThat(done.path("status").asString()).as(() -> done + storage.said()).isEqualTo("done");
    assertThat(storage.keys())
        .filteredOn(key -> key.startsWith(place))
        .containsExactly(place + "manifest.json", place + "usage_records-00001.parquet");
    Path part = storage.object(place + "usage_records-00001.parquet");
    assertThat(Hashes.sha256(part))
        .isEqualTo(done.path("manifest").path("parts").get(0).path("sha256").asString());
    assertThat(Duck.query("select count(*) from read_parquet('" + part + "')"))
        .containsExactly("2");
    assertThat(directory.resolve("exports/drafts")).isEmptyDirectory();
  }

  @Test
  void keysExportTheirOwnProjectAloneAsTheOperatorWould() throws IOException, SQLException {
    for (int n = 0; n < 9; n++) {
      traffic.chargeAny(99, billing.clock().instant());
    }
    String own = "/internal/v1/organizations/99/projects/990/exports";
    String order =
        """
        {"command_id": "%s", "actor": "key 7", "dataset": "usage_records", "from": "%s",
         "to": "%s", "format": "csv"}
        """
            .formatted(UUID.randomUUID(), today, today.plusDays(1));
    Answer made = billing.postJson(own, BillingFixture.GATEWAY, order);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    String id = made.text("export_id");
    assertThat(billing.postJson(own, BillingFixture.GATEWAY, order).text("export_id"))
        .isEqualTo(id);
    JsonNode done = orders.ended(id);
    assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("done");
    String whole =
        orders
            .body(UUID.randomUUID(), "99", "csv", "null")
            .replace("{\"command_id", "{\"by_operator\": true, \"command_id");
    JsonNode all = orders.ended(orders.ordered(whole));
    JsonNode same =
        orders.ended(
            orders.ordered(
                ExportOrders.another(whole)
                    .replace("\"dataset\"", "\"project_id\": \"990\", \"dataset\"")));
    assertThat(same.path("manifest")).as("the operator's").isEqualTo(done.path("manifest"));
    assertThat(billing.get(own + "/" + id + "/files?name=usage_records-00001.csv").body())
        .isEqualTo(
            billing
                .get(
                    JOBS
                        + "/"
                        + same.path("export_id").asString()
                        + "/files/usage_records-00001.csv")
                .body())
        .doesNotContain(",99,991,", ",99,992,");
    assertThat(done.path("manifest").path("rows").asString())
        .isEqualTo(billing.sum("1", "usage_record where project_id = 990").toString());
    assertThat(all.path("manifest").path("rows").asString()).isEqualTo("9");

    for (String other :
        List.of(
            "/internal/v1/organizations/99/projects/991/exports",
            "/internal/v1/organizations/92/projects/990/exports")) {
      assertThat(billing.get(other).json().path("exports")).isEmpty();
      for (String path : List.of("/" + id, "/" + id + "/files?name=manifest.json")) {
        assertThat(billing.get(other + path).status()).as(other + path).isEqualTo(404);
      }
      Answer cancel = billing.postJson(other + "/" + id + "/cancel", BillingFixture.GATEWAY, "{}");
      assertThat(cancel.status()).isEqualTo(404);
    }
    for (JsonNode operators : List.of(all, same)) {
      String path = own + "/" + operators.path("export_id").asString();
      assertThat(billing.get(path).status()).isEqualTo(404);
    }
    assertThat(billing.get(own).json().path("exports")).hasSize(1);
    for (String wrong :
        List.of(
            order.replace("usage_records", "ledger_entries"),
            order.replace("usage_records", "focus_cost_and_usage"),
            order.replace(today + "", today.minusDays(31) + ""))) {
      Answer refused = billing.postJson(own, BillingFixture.GATEWAY, wrong);
      assertThat(refused.text("code")).as(wrong).isEqualTo("invalid_request");
    }
    try (Connection locked = orders.lock("export_part")) {
      for (int n = 0; n < 3; n++) {
        Answer more =
            billing.postJson(
                own.replace("990", "99" + n), BillingFixture.GATEWAY, ExportOrders.another(order));
        assertThat(more.status()).as(more.body()).isEqualTo(n < 2 ? 200 : 503);
      }
      orders.ordered(
          orders.body(UUID.randomUUID(), "99", "csv", "null")); // people have their own places
      locked.rollback();
    }
  }

  /** Tokens and money of the shapes that other providers' readers know are those of the hours. */
  @Test
  void theShapesOfOthersHaveTheSameTokensAndMoney() throws IOException {
    Instant from = today.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant to = from.plus(Duration.ofDays(1));
    for (String name :
        List.of("usage_hourly", "openai_compat", "deepseek_compat", "deepseek_cost")) {
      Dataset dataset = billing.bean(Datasets.class).named(name);
      Exported.file(billing, dataset, from, to, "parquet", directory.resolve(name));
    }
    String hours = Duck.all(directory.resolve("usage_hourly"), FileFormat.PARQUET);
    String openai = Duck.all(directory.resolve("openai_compat"), FileFormat.PARQUET);
    String deepseek = Duck.all(directory.resolve("deepseek_compat"), FileFormat.PARQUET);
    assertThat(
            Duck.query(
                """
                select sum(num_model_requests), sum(input_tokens), sum(input_cached_tokens),
                  sum(output_tokens), sum(amount) from %s"""
                    .formatted(openai)))
        .isEqualTo(
            Duck.query(
                """
                select sum(requests), sum(hit_tokens + miss_tokens), sum(hit_tokens),
                  sum(reasoning_tokens + answer_tokens), sum(cost) from %s"""
                    .formatted(hours)));
    assertThat(
            Duck.query(
                "select type, sum(amount) from %s group by type order by type".formatted(deepseek)))
        .isEqualTo(
            Duck.query(
                """
                select unnest(['input_cache_hit_tokens', 'input_cache_miss_tokens',
                  'output_tokens', 'request_count']), unnest([sum(hit_tokens), sum(miss_tokens),
                  sum(reasoning_tokens + answer_tokens), sum(requests)]) from %s"""
                    .formatted(hours)));
    List<String> cost = Duck.query("select sum(cost)::decimal(38,12) from " + hours);
    assertThat(
            Duck.query(
                """
                select sum(price::decimal(38,12) * amount) from %s where price is not null"""
                    .formatted(deepseek)))
        .as("what it costs at the prices")
        .isEqualTo(cost);
    String paid = Duck.all(directory.resolve("deepseek_cost"), FileFormat.PARQUET) + " group by 1";
    assertThat(Duck.query("select wallet_type, sum(cost)::decimal(38,12) from " + paid))
        .containsExactly("Invoiced|" + cost.getFirst());
  }

  @Test
  void aScheduleWritesToABucket() throws IOException {
    Instant hour = Period.HOUR.begin(billing.clock().instant()).minus(Duration.ofHours(3));
    String body =
        """
        {"command_id": "%s", "actor": "ada@example.org", "dataset": "usage_records",
         "organization_id": "98", "target": "bucket", "period": "hour", "rhythm": "hourly",
         "format": "parquet", "columns": ["event_id", "cost", "currency"], "from": "%s"}
        """
            .formatted(UUID.randomUUID(), hour);
    String schedules = "/internal/v1/export-schedules";
    Answer made = billing.postJson(schedules, BillingFixture.GATEWAY, body);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    billing.bean(Schedules.class).look();
    JsonNode job = billing.get(JOBS + "?organization_id=98").json().path("exports").get(0);
    assertThat(job.path("schedule_id").asString()).isEqualTo(made.text("schedule_id"));
    JsonNode done = orders.ended(job.path("export_id").asString());
    assertThat(done.path("status").asString()).as(() -> done + storage.said()).isEqualTo("done");
    assertThat(storage.keys())
        .anyMatch(key -> key.matches("finance/usage_records/organization=98/.*manifest.json"));
    String close = schedules + "/" + made.text("schedule_id") + "/close";
    assertThat(billing.postJson(close, BillingFixture.GATEWAY, "{}").text("status"))
        .isEqualTo("closed");
  }

  @Test
  void aRefusalOfTheStorageIsSaidWithoutSecrets() {
    JsonNode failed =
        orders.ended(orders.ordered(orders.body(UUID.randomUUID(), "91", "csv", "\"locked\"")));
    assertThat(failed.path("status").asString()).isEqualTo("failed");
    assertThat(failed.path("error").asString())
        .startsWith("The storage refused: ")
        .doesNotContain("another-secret-of-nobody");
  }

  @Test
  void whatNobodyExpectedFailsTheJob() {
    JsonNode failed =
        orders.ended(orders.ordered(orders.body(UUID.randomUUID(), "97", "csv", "\"blank\"")));
    assertThat(failed.path("status").asString()).isEqualTo("failed");
    assertThat(failed.path("error").asString()).contains("cannot be blank");
  }

  @Test
  void onlySoManyFilesWaitForDownloadAndOldDraftsGo() throws IOException {
    var ids = new ArrayList<String>();
    for (int n = 0; n < 3; n++) {
      ids.add(orders.ordered(orders.body(UUID.randomUUID(), "96", "csv", "null")));
      orders.ended(ids.getLast());
    }
    orders.ended(orders.ordered(orders.body(UUID.randomUUID(), "96", "csv", "\"share\"")));
    Path share =
        directory.resolve(
            "share/usage_records/organization=96/%s_%s".formatted(today, today.plusDays(1)));
    Path old = Files.createDirectories(share.resolve(".drafts/r1-export-1/part-1"));
    Path fresh = Files.createDirectories(share.resolve(".drafts/r1-export-2"));
    Instant earlier = Files.getLastModifiedTime(fresh).toInstant().minus(Duration.ofDays(2));
    Files.setLastModifiedTime(old.getParent(), FileTime.from(earlier));
    billing.bean(Jobs.class).clean();
    assertThat(old.getParent()).doesNotExist();
    assertThat(fresh).exists();
    assertThat(ids.stream().map(id -> billing.get(JOBS + "/" + id).json().path("downloadable")))
        .extracting(JsonNode::asBoolean)
        .containsExactly(false, true, true);
    JsonNode downloads = billing.get(JOBS + "?organization_id=96&downloads_only=true").json();
    assertThat(downloads.path("exports")).hasSize(3);
    assertThat(billing.get(JOBS + "?organization_id=96").json().path("exports")).hasSize(4);
    Instant soon = billing.clock().instant().plusSeconds(1);
    assertThat(billing.bean(JobTable.class).forget(soon, 9)).isGreaterThanOrEqualTo(2);
    assertThat(billing.get(JOBS + "?organization_id=96").json().path("exports")).hasSize(2);
  }

  @Test
  void ordersThatCannotBeAreRefused() {
    for (String wrong :
        List.of(
            orders.body(UUID.randomUUID(), "91", "xlsx", "null"),
            orders.body(UUID.randomUUID(), "91", "csv", "\"elsewhere\""),
            orders.body(UUID.randomUUID(), "x", "csv", "null"),
            orders
                .body(UUID.randomUUID(), "91", "csv", "null")
                .replace(today.plusDays(1) + "", today + ""),
            orders
                .body(UUID.randomUUID(), "91", "csv", "null")
                .replace(today + "", today + "T10:30:00Z"))) {
      Answer refused = billing.postJson(JOBS, BillingFixture.GATEWAY, wrong);
      assertThat(refused.text("code")).as(wrong).isEqualTo("invalid_request");
    }
  }
}
