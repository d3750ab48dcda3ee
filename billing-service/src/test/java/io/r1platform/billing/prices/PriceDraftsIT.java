package io.r1platform.billing.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Drafts, contracts and calendars over the wire; what the schema refuses is told in words. */
class PriceDraftsIT {
  private static final String WINDOW =
      """
      {"window": 1, "code": "peak", "from": "09:00", "to": "12:00", "zone": "Asia/Shanghai",
       "days": [1, 2, 3, 4, 5], "calendar": %s}
      """;
  private static BillingFixture billing;
  private static Instant soon;

  @BeforeAll
  static void start() {
    billing =
        new BillingFixture()
            .dryFirst(
                "prices/drafts",
                "prices/drafts/N",
                "prices/drafts/N/publish",
                "prices/versions/N/close",
                "prices/calendars/cn");
    soon = Instant.now().plus(Duration.ofMinutes(30)).truncatedTo(ChronoUnit.SECONDS);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void aContractIsDraftedEditedAndPublishedAndReachesGateways() {
    String command = UUID.randomUUID().toString();
    Answer made = create(command, "501", soon);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String id = id(made);
    assertThat(id(create(command, "501", soon))).as("the same command again").isEqualTo(id);
    assertThat(made.json().path("prices").size()).as("copied from version 1").isEqualTo(8);

    Answer edited = replace(id, 1, soon, "", prices(2, List.of(0), 1_000));
    assertThat(edited.status()).as(edited.body()).isEqualTo(200);
    assertThat(edited.json().path("fault").isNull()).as(edited.body()).isTrue();
    assertThat(replace(id, 1, soon, "", prices(2, List.of(0), 9)).status())
        .as("somebody edited it since")
        .isEqualTo(409);

    assertThat(billing.get("/internal/v1/prices").body()).doesNotContain("\"501\"");
    Answer published = publish(id, 2);
    assertThat(published.status()).as(published.body()).isEqualTo(200);
    assertThat(published.text("content"))
        .startsWith("r1-prices-2\ncard Contract of 501\ncurrency USD\nreference f\ntenant 501\n")
        .contains("\nprice 2 r1-nano HIT 0 1000 1000 -\n");
    assertThat(published.text("content_sha256")).hasSize(64);
    assertThat(publish(id, 2).status()).as("again").isEqualTo(200);
    assertThat(billing.get("/internal/v1/prices").body()).contains("\"tenant_id\":\"501\"");

    Book book = billing.bean(PriceBook.class).current();
    var before = new Charge(501, 2, soon.minusMillis(1), false, 1, 0, 0, 0);
    var after = new Charge(501, 2, soon, false, 1, 0, 0, 0);
    var other = new Charge(502, 2, soon, false, 1, 0, 0, 0);
    assertThat(book.rate(before).orElseThrow().amountPico()).isEqualTo(140_000);
    assertThat(book.rate(after).orElseThrow().amountPico()).isEqualTo(1_000);
    assertThat(book.rate(other).orElseThrow().amountPico()).isEqualTo(140_000);
  }

  @Test
  void aPublishedVersionIsOnlyClosedAndOnlyAhead() {
    String id = contract("511", soon);
    assertThat(close("1", Instant.now().plusSeconds(60)).body()).contains("5 minutes ahead");
    assertThat(close(id, soon.plusSeconds(3_600)).status()).isEqualTo(200);
    assertThat(close(id, soon.plusSeconds(3_600)).status()).as("again").isEqualTo(200);
    assertThat(close(id, soon.plusSeconds(7_200)).status()).as("closed before").isEqualTo(422);
    assertThat(replace(id, 2, soon, "", prices(2, List.of(0), 5)).body())
        .contains("prices_refused", "published");
    post("/internal/v1/prices/drafts/" + id + "/discard", "{}");
    assertThat(billing.get("/internal/v1/prices/versions/" + id).status()).isEqualTo(200);
  }

  @Test
  void aSuccessorClosesItsPredecessorWhereItBegins() {
    String first = contract("521", soon);
    Instant later = soon.plus(Duration.ofDays(1));
    Answer made =
        post(
            "/internal/v1/prices/drafts",
            "{\"command_id\": \"%s\", \"from_version_id\": \"%s\", \"valid_from\": \"%s\"}"
                .formatted(UUID.randomUUID(), first, later));
    assertThat(publish(id(made), 1).status()).isEqualTo(200);
    Answer closed = billing.get("/internal/v1/prices/versions/" + first);
    assertThat(closed.json().path("version").path("valid_until").asString())
        .isEqualTo(later.toString());
  }

  @Test
  void publishingSaysWhyItRefuses() {
    refuses("begins less than 5 minutes ahead", Instant.now(), "", prices(2, List.of(0), 5));
    refuses(
        "no price for ANSWER in window 1",
        soon,
        WINDOW.formatted("null"),
        prices(2, List.of(0), 5));
    refuses("Window 3 has prices but is not defined", soon, "", prices(2, List.of(0, 3), 5));
    refuses("It has no price", soon, "", "");
    refuses(
        "a later tier is dearer than the first",
        soon,
        "",
        tiered("{\"kind\": \"GRADUATED\", \"steps\": [{\"from\": \"10\", \"unit_pico\": \"6\"}]}"));
  }

  @Test
  void twoContractsForOneModelInOneTimeAreRefused() {
    contract("531", soon);
    String second = id(create(UUID.randomUUID().toString(), "531", soon.plusSeconds(60)));
    replace(second, 1, soon.plusSeconds(60), "", prices(2, List.of(0), 7));
    assertThat(publish(second, 2).body())
        .contains("has a price of version", "Close that one first");
  }

  @Test
  void wrongContentIsRefusedBeforeItIsStored() {
    String id = id(create(UUID.randomUUID().toString(), "541", soon));
    assertThat(
            replace(id, 1, soon, WINDOW.replace("Asia/Shanghai", "+08:00").formatted("null"), "")
                .body())
        .contains("the zone is a name");
    assertThat(replace(id, 1, soon, WINDOW.replace("12:00", "24:00").formatted("null"), "").body())
        .contains("times are HH:MM");
    assertThat(replace(id, 1, soon, WINDOW.formatted("\"nowhere\""), "").body())
        .contains("calendar is not known");
    assertThat(replace(id, 1, soon, "", prices(2, List.of(0), 1).replace("\"1\"", "\"-1\"")).body())
        .contains("is a whole number as a string");
    assertThat(replace(id, 1, soon, "", prices(77, List.of(0), 1).replace("r1-nano", "o1")).body())
        .contains("A model or calendar is not known");
    String falling =
        tiered(
            "{\"kind\": \"VOLUME\", \"steps\": [{\"from\": \"10\", \"unit_pico\": \"4\"},"
                + " {\"from\": \"10\", \"unit_pico\": \"3\"}]}");
    assertThat(replace(id, 1, soon, "", falling).body()).contains("'from' has to rise");
  }

  @Test
  void holidaysOfPublishedWindowsChangeTwoDaysAheadOnly() {
    LocalDate today = LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC);
    assertThat(day("cn", today.minusDays(3), "false").status()).as("not used yet").isEqualTo(200);
    String id = id(create(UUID.randomUUID().toString(), "551", soon));
    replace(id, 1, soon, WINDOW.formatted("\"cn\""), prices(2, List.of(0, 1), 5));
    Answer published = publish(id, 2);
    assertThat(published.text("content"))
        .contains("\nwindow 1 peak 09:00:00 12:00:00 Asia/Shanghai 1,2,3,4,5 cn\n");
    assertThat(day("cn", today.plusDays(1), "false").body()).contains("2 days ahead");
    assertThat(day("cn", today.minusDays(3), "null").body()).contains("2 days ahead");
    assertThat(day("cn", today.plusDays(3), "true").status()).isEqualTo(200);
    assertThat(billing.get("/internal/v1/prices").body())
        .contains("{\"day\":\"%s\",\"working\":true}".formatted(today.plusDays(3)));
  }

  private static void refuses(String why, Instant from, String windows, String prices) {
    String id = id(create(UUID.randomUUID().toString(), "561", from));
    Answer edited = replace(id, 1, from, windows, prices);
    assertThat(edited.status()).as(edited.body()).isEqualTo(200);
    assertThat(edited.body()).contains(why);
    Answer answer = publish(id, 2);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body()).contains(why);
  }

  private static String contract(String tenant, Instant from) {
    String id = id(create(UUID.randomUUID().toString(), tenant, from));
    replace(id, 1, from, "", prices(2, List.of(0), 5));
    assertThat(publish(id, 2).status()).isEqualTo(200);
    return id;
  }

  private static Answer create(String command, String tenant, Instant from) {
    return post(
        "/internal/v1/prices/drafts",
        """
        {"command_id": "%s", "from_version_id": "1", "valid_from": "%s",
         "card": {"name": "Contract of %s", "currency": "USD", "organization_id": "%s"}}
        """
            .formatted(command, from, tenant, tenant));
  }

  private static Answer replace(
      String id, int revision, Instant from, String windows, String prices) {
    return post(
        "/internal/v1/prices/drafts/" + id,
        "{\"revision\": %d, \"valid_from\": \"%s\", \"windows\": [%s], \"prices\": [%s]}"
            .formatted(revision, from, windows, prices));
  }

  private static String prices(int model, List<Integer> windows, long unit) {
    return windows.stream()
        .flatMap(
            window ->
                Stream.of("HIT", "MISS", "REASONING", "ANSWER")
                    .map(sku -> price(model, sku, window, unit, "null")))
        .collect(Collectors.joining(","));
  }

  private static String tiered(String tiers) {
    return Stream.of("HIT", "MISS", "REASONING", "ANSWER")
        .map(sku -> price(2, sku, 0, 5, sku.equals("ANSWER") ? tiers : "null"))
        .collect(Collectors.joining(","));
  }

  private static String price(int model, String sku, int window, long unit, String tiers) {
    return """
        {"model_id": %d, "model": "r1-nano", "sku": "%s", "window": %d, "unit_pico": "%d",
         "tiers": %s}
        """
        .formatted(model, sku, window, unit, tiers);
  }

  private static Answer publish(String id, int revision) {
    return post(
        "/internal/v1/prices/drafts/" + id + "/publish", "{\"revision\": %d}".formatted(revision));
  }

  private static Answer close(String id, Instant until) {
    return post(
        "/internal/v1/prices/versions/" + id + "/close",
        "{\"valid_until\": \"%s\"}".formatted(until));
  }

  private static Answer day(String calendar, LocalDate day, String working) {
    return post(
        "/internal/v1/prices/calendars/" + calendar,
        "{\"days\": [{\"day\": \"%s\", \"working\": %s}]}".formatted(day, working));
  }

  private static String id(Answer answer) {
    return answer.json().path("version").path("version_id").asString();
  }

  private static Answer post(String path, String json) {
    return billing.postJson(path, BillingFixture.GATEWAY, json);
  }
}
