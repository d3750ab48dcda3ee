package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.questions.TenantQuestions;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A tenant's sums over 300 requests of three tenants in three days, held against the records. */
class TenantUsageIT {
  private static final List<UsageRecord> RECORDS = new ArrayList<>();
  private static BillingFixture billing;
  private static long from;
  private static long to;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    Instant now = billing.clock().instant();
    var random = new Random(11);
    var samples = new Samples(random, billing.priceSha256(), now);
    for (int i = 0; i < 300; i++) {
      Instant at = now.minus(Duration.ofMinutes(random.nextInt(2 * 24 * 60)));
      UsageRecord record =
          samples.at(
              at,
              1 + i % 3,
              random.nextInt(2_000),
              random.nextInt(2_000),
              1 + random.nextInt(5_000),
              random.nextInt(2_000));
      if (i % 7 == 0) {
        record = Samples.with(record, i % 2 == 0 ? 3 : 8, 0, 0, 0);
      }
      RECORDS.add(i % 5 == 0 ? Samples.ofBatch(record) : record);
    }
    RECORDS.add(samples.free(1, 7, 0));
    List<String> labels = IntStream.range(0, RECORDS.size()).mapToObj(i -> labels(i)).toList();
    assertThat(billing.postBatch(Samples.batch(1, 1, 1, RECORDS, labels)).status()).isEqualTo(200);
    from = Math.floorDiv(now.getEpochSecond(), 86_400) * 86_400 - 2 * 86_400;
    to = from + 3 * 86_400;
  }

  /** Every fourth request says nothing; the users' names are those of other tenants' users. */
  private static String labels(int i) {
    String user = user(i);
    return user == null ? "" : "{\"end_user\":\"%s\"}".formatted(user);
  }

  private static @Nullable String user(int i) {
    return i % 4 == 0 ? null : "user " + i % 4;
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1h", "1d"})
  void usageIsTheSumOfItsRecords(String width) {
    JsonNode rows = rows(1, "usage", width, "");
    assertThat(sum(rows, "tokens", "input")).isEqualTo(total(1, r -> r.hit() + r.miss()));
    assertThat(sum(rows, "tokens", "cached")).isEqualTo(total(1, UsageRecord::hit));
    assertThat(sum(rows, "tokens", "output")).isEqualTo(total(1, r -> r.reasoning() + r.answer()));
    assertThat(sum(rows, "tokens", "reasoning")).isEqualTo(total(1, UsageRecord::reasoning));
    assertThat(sum(rows, "tokens", "requests")).isEqualTo(total(1, r -> 1));
    long cancelled = total(1, r -> r.finish() == 3 || r.finish() == 8 ? 1 : 0);
    assertThat(sum(rows, "tokens", "cancelled")).isEqualTo(cancelled).isPositive();
    if (width.equals("1h")) {
      assertThat(rows.size()).isGreaterThan(24);
    }
  }

  /** Whatever they are grouped by, costs are what was charged, to the pico. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "&group_by=line_item",
        "&group_by=price_version,line_item",
        "&group_by=model&group_by=api_key_id",
        "&group_by=project_id",
        "&group_by=batch,line_item",
        "&group_by=end_user",
        "&group_by=line_item,end_user"
      })
  void costsAgreeToThePico(String grouped) {
    for (String width : List.of("1h", "1d")) {
      BigInteger sum = BigInteger.ZERO;
      for (JsonNode row : rows(2, "costs", width, grouped)) {
        assertThat(row.path("cost").path("currency").asString()).isEqualTo("USD");
        sum = sum.add(new BigInteger(row.path("cost").path("pico").asString()));
      }
      assertThat(sum).isEqualTo(BigInteger.valueOf(total(2, UsageRecord::amountPico)));
    }
  }

  @Test
  void groupsAreNamed() {
    JsonNode row =
        rows(1, "costs", "1d", "&group_by=project_id,api_key_id,model,price_version,line_item")
            .get(0);
    JsonNode by = row.path("by");
    assertThat(by.path("project_id").asString()).isEqualTo("10");
    assertThat(by.path("api_key_id").asString()).isEqualTo("100");
    assertThat(by.path("model").asString()).isEqualTo("r1-nano");
    assertThat(by.path("price_version").asString()).isEqualTo("pv_1");
    assertThat(by.path("line_item").asString()).isEqualTo("ANSWER");
    assertThat(row.path("start").asLong() % 86_400).isZero();
  }

  @Test
  void filtersNarrow() {
    assertThat(rows(1, "usage", "1d", "&api_key_id=100").size()).isPositive();
    assertThat(rows(1, "usage", "1d", "&api_key_id=200").size()).isZero();
    assertThat(rows(1, "usage", "1d", "&model=r1-nano").size()).isPositive();
    assertThat(rows(1, "usage", "1d", "&model=other").size()).isZero();
  }

  @Test
  void batchesAreAFilterAndAGroupWithLinesOfTheirOwn() {
    long lines = total(1, r -> r.isBatch() ? 1 : 0);
    assertThat(lines).isPositive();
    assertThat(sum(rows(1, "usage", "1d", "&batch=true"), "tokens", "requests")).isEqualTo(lines);
    assertThat(sum(rows(1, "usage", "1d", "&batch=false"), "tokens", "requests"))
        .isEqualTo(total(1, r -> 1) - lines);
    long cost = 0;
    for (JsonNode row : rows(1, "costs", "1d", "&batch=true&group_by=batch,line_item")) {
      assertThat(row.path("by").path("batch").asString()).isEqualTo("true");
      assertThat(row.path("by").path("line_item").asString()).endsWith("_BATCH");
      cost += Long.parseLong(row.path("cost").path("pico").asString());
    }
    assertThat(cost).isEqualTo(total(1, r -> r.isBatch() ? r.amountPico() : 0));
  }

  @Test
  void endUsersAreAFilterAndAGroupOfOneTenantsOwn() {
    var cost = new HashMap<String, Long>();
    var requests = new HashMap<String, Long>();
    for (int i = 0; i < RECORDS.size(); i++) {
      if (RECORDS.get(i).tenantId() == 1) {
        cost.merge(String.valueOf(user(i)), RECORDS.get(i).amountPico(), Long::sum);
        requests.merge(String.valueOf(user(i)), 1L, Long::sum);
      }
    }
    assertThat(cost).hasSize(4);
    assertThat(byUser("usage", "tokens", "requests", "")).isEqualTo(requests);
    assertThat(byUser("costs", "cost", "pico", "")).isEqualTo(cost);
    assertThat(byUser("costs", "cost", "pico", ",line_item")).isEqualTo(cost);
    assertThat(byUser("costs", "cost", "pico", "&end_user=user%202"))
        .containsExactly(Map.entry("user 2", cost.get("user 2")));
    assertThat(sum(rows(1, "usage", "1d", "&end_user=user%202"), "tokens", "requests"))
        .isEqualTo(requests.get("user 2"));
    assertThat(rows(1, "usage", "1d", "&end_user=nobody").size()).isZero();
  }

  private static Map<String, Long> byUser(String report, String part, String sum, String more) {
    var sums = new HashMap<String, Long>();
    for (JsonNode row : rows(1, report, "1d", "&group_by=end_user" + more)) {
      String user = row.path("by").path("end_user").asString("null");
      sums.merge(user, row.path(part).path(sum).asLong(), Long::sum);
    }
    return sums;
  }

  /** A project of another organization has nothing here, whoever names it. */
  @Test
  void organizationAndProjectMustBelongTogether() {
    for (String report : List.of("usage", "costs")) {
      String path =
          "/internal/v1/organizations/1/projects/20/%s?from=%d&to=%d&width=1d"
              .formatted(report, from, to);
      assertThat(billing.get(path).json().path("rows").size()).isZero();
    }
  }

  @Test
  void allIsInUntilTheOldestSignOfLife() {
    var answer = billing.get(path(1, "usage", "1d", ""));
    assertThat(Instant.parse(answer.text("as_of"))).isBeforeOrEqualTo(billing.clock().instant());
  }

  @Test
  void refusesWhatItCannotSum() {
    assertThat(billing.get(path(1, "usage", "1w", "")).text("code")).isEqualTo("invalid_request");
    assertThat(billing.get(path(1, "usage", "1d", "&group_by=line_item")).text("code"))
        .isEqualTo("invalid_request");
    assertThat(
            billing
                .get("/internal/v1/organizations/1/projects/10/usage?from=1&to=86401&width=1d")
                .text("code"))
        .isEqualTo("invalid_request");
  }

  /** OpenAI's paths, which are answered from here too, know no end users: nothing names them. */
  @Test
  void whoAsksForTooManyGroupsIsToldWhatEveryRouteTakes() {
    JdbcClient superuser = JdbcClient.create(billing.database().superuser());
    superuser
        .sql(
            """
            insert into billing.usage_hourly (tenant_id, hour, project_id, api_key_id, model_id,
              version_id, win, requests, tok_hit, tok_miss, tok_reason, tok_answer, waived_in,
              waived_out, amount)
            select 77, to_timestamp(?), 770, n, h.model_id, h.version_id, h.win, 1, 0, 1, 0, 1, 0,
              0, 1
            from (select * from billing.usage_hourly limit 1) h, generate_series(1, 10001) n\
            """)
        .param(from)
        .update();
    var refused = billing.get(path(77, "costs", "1d", "&group_by=api_key_id"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("detail"))
        .contains("more than 10000 groups", "fewer buckets", "usage_records")
        .doesNotContain("end_user");
    assertThat(billing.get(path(77, "costs", "1d", "")).status()).isEqualTo(200);
    superuser.sql("delete from billing.usage_hourly where tenant_id = 77").update();
  }

  /** However much the first organization asks, and of what, the second one is answered. */
  @Test
  void anOrganizationLeavesPlacesToTheOthers() {
    var over = new CountDownLatch(1);
    var begun = new CountDownLatch(2);
    List<CompletableFuture<Integer>> running = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      running.add(
          CompletableFuture.supplyAsync(
              () ->
                  billing
                      .bean(TenantQuestions.class)
                      .answer(
                          1,
                          () -> {
                            begun.countDown();
                            await(over);
                            return 1;
                          }),
              Thread::startVirtualThread));
    }
    await(begun);
    try {
      String receipts = "/internal/v1/organizations/%1$d/projects/%1$d0/receipts";
      for (String question :
          List.of(
              "/internal/v1/organizations/%1$d/invoices",
              "/internal/v1/organizations/%1$d/invoices/1",
              receipts + "?from=2026-11-01T00:00:00Z",
              receipts + "/019adc00-0000-7000-8000-000000000001",
              receipts + "/019adc00-0000-7000-8000-000000000001/proof",
              path(1, "usage", "1d", "").replace("/1/projects/10/", "/%1$d/projects/%1$d0/"),
              path(1, "costs", "1d", "").replace("/1/projects/10/", "/%1$d/projects/%1$d0/"))) {
        var refused = billing.get(question.formatted(1));
        assertThat(refused.status()).as(question).isEqualTo(429);
        assertThat(refused.text("code")).isEqualTo("too_many_questions_of_one");
        assertThat(billing.get(question.formatted(2)).status()).as(question).isIn(200, 404);
      }
    } finally {
      over.countDown();
    }
    running.forEach(CompletableFuture::join);
    assertThat(rows(1, "usage", "1d", "").size()).isPositive();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long total(long tenant, ToLongFunction<UsageRecord> what) {
    return RECORDS.stream().filter(r -> r.tenantId() == tenant).mapToLong(what).sum();
  }

  private static long sum(JsonNode rows, String member, String count) {
    long sum = 0;
    for (JsonNode row : rows) {
      sum += row.path(member).path(count).asLong();
    }
    return sum;
  }

  private static String path(long tenant, String report, String width, String more) {
    return "/internal/v1/organizations/%d/projects/%d/%s?from=%d&to=%d&width=%s%s"
        .formatted(tenant, tenant * 10, report, from, to, width, more);
  }

  private static JsonNode rows(long tenant, String report, String width, String more) {
    var answer = billing.get(path(tenant, report, width, more));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("rows");
  }
}
