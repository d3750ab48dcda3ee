package io.r1platform.billing.dryruns;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Dry runs of commands, and lists in pages. */
class DryRunsIT {
  private static BillingFixture billing;

  @BeforeAll
  static void start() {
    billing =
        new BillingFixture()
            .dryFirst(
                "webhook-targets/N/close",
                "prices/drafts/N/discard",
                "tax-rules/N/close",
                "held/receipts/N/decision");
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  private static BillingFixture.Answer post(String path, String json) {
    return billing.postJson("/internal/v1/" + path, BillingFixture.GATEWAY, json);
  }

  private static String budget(UUID command, String limit) {
    return "{\"command_id\":\"%s\",\"organization\":\"71\",\"limit\":\"%s\",\"hard\":false}"
        .formatted(command, limit);
  }

  /** Every row of every table that a command of the test writes. */
  private static String state() {
    return billing
        .sql()
        .sql(
            """
            select (select string_agg(b::text, ' ' order by b::text) from budget b)
              || (select string_agg(p::text, ' ' order by p::text) from budget_period p)
              || (select string_agg(v::text, ' ' order by v::text) from budget_version v)
              || (select count(*) from budget_command) || ' '
              || (select count(*) from credit_change) || ' '
              || (select count(*) from journal) || ' '
              || (select string_agg(v::text, ' ' order by v::text) from rate_card_version v)
            """)
        .query(String.class)
        .single();
  }

  @Test
  void aDryRunAnswersAsTheCommandWouldAndLeavesEverythingAsItWas() {
    JsonNode made = post("budgets", budget(UUID.randomUUID(), "5")).json();
    String id = made.path("budget_id").asString();
    String before = state();
    UUID command = UUID.randomUUID();
    JsonNode would = post("dry-run/budgets", budget(command, "6")).json();
    assertThat(would.path("limit").asString()).isEqualTo("6");
    JsonNode changed =
        post(
                "dry-run/budgets/" + id,
                "{\"command_id\":\"%s\",\"limit\":\"9\"}".formatted(UUID.randomUUID()))
            .json();
    assertThat(changed.path("limit").asString()).isEqualTo("9");
    JsonNode closed =
        post(
                "dry-run/budgets/" + id + "/close",
                "{\"command_id\":\"%s\"}".formatted(UUID.randomUUID()))
            .json();
    assertThat(closed.path("closed_at").isNull()).isFalse();
    JsonNode topped =
        post(
                "dry-run/organizations/71/credit/top-ups",
                "{\"command_id\":\"%s\",\"actor\":\"me\",\"amount\":\"7000000000000\"}"
                    .formatted(UUID.randomUUID()))
            .json();
    assertThat(topped.path("limit").asString()).endsWith("7000000000000");
    assertThat(
            post("dry-run/prices/versions/1/close", "{\"valid_until\":\"2030-01-01T00:00:00Z\"}")
                .status())
        .isEqualTo(200);
    assertThat(state()).isEqualTo(before);
    // the command was not used up
    assertThat(post("budgets", budget(command, "8")).json().path("limit").asString())
        .isEqualTo("8");
  }

  @Test
  void whatWouldBeRefusedIsRefused() {
    var refused = post("dry-run/budgets", budget(UUID.randomUUID(), "-5"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("code")).isEqualTo("invalid_request");
    assertThat(
            post(
                    "dry-run/budgets/999999/close",
                    "{\"command_id\":\"%s\"}".formatted(UUID.randomUUID()))
                .status())
        .isEqualTo(404);
  }

  /** Tried dry before they are carried out, as the kinds of other tests are. */
  @Test
  void kindsThatNoOtherTestCarriesOut() {
    String target =
        post(
                "webhook-targets",
                "{\"command_id\":\"%s\",\"organization\":\"71\",\"url\":\"https://x.example/\"}"
                    .formatted(UUID.randomUUID()))
            .text("target_id");
    ok(
        "webhook-targets/" + target + "/close",
        "{\"command_id\":\"%s\"}".formatted(UUID.randomUUID()));
    String draft =
        post(
                "prices/drafts",
                """
                {"command_id":"%s","from_version_id":"1","valid_from":"%s",
                 "card":{"name":"Contract","currency":"USD","organization_id":"71"}}\
                """
                    .formatted(
                        UUID.randomUUID(), billing.clock().instant().plus(Duration.ofDays(1))))
            .json()
            .at("/version/version_id")
            .asString();
    ok("prices/drafts/" + draft + "/discard", "{}");
    String rule =
        post(
                "tax-rules",
                """
                {"command_id":"%s","actor":"ada","code":"VAT","label":"VAT","rate_ppm":100000,
                 "organization_id":"71","from":"2026-01-01"}\
                """
                    .formatted(UUID.randomUUID()))
            .text("tax_rule_id");
    ok("tax-rules/" + rule + "/close", "{\"actor\":\"ada\",\"to\":\"2099-01-01\"}");
    long receipt =
        billing
            .sql()
            .sql(
                """
                insert into engine_held (event_id, attempt, instance_id, ship_seq, receipt, reason,
                  held_at)
                values (gen_random_uuid(), 1, gen_random_uuid(), 1, '{}', 'MALFORMED', now())
                returning held_id
                """)
            .query(Long.class)
            .single();
    ok(
        "held/receipts/" + receipt + "/decision",
        "{\"decision\":\"reject\",\"why\":\"no use\",\"by\":\"ada\"}");
  }

  private static void ok(String path, String json) {
    BillingFixture.Answer answer = post(path, json);
    assertThat(answer.status()).as(path + " " + answer.body()).isIn(200, 204);
  }

  @Test
  void onlyCommandsOfPeopleCanBeRunDry() {
    for (String path :
        List.of("leases", "leases/sync", "usage-batches", "epochs/close", "budgets/../leases")) {
      assertThat(post("dry-run/" + path, "{}").status()).as(path).isIn(400, 404);
    }
    assertThat(
            billing
                .send(
                    billing
                        .request("/internal/v1/dry-run/budgets", "no token")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}")))
                .status())
        .isEqualTo(401);
  }

  @Test
  void listsFollowTheirCursorsBothWays() {
    for (int i = 0; i < 5; i++) {
      post("budgets", budget(UUID.randomUUID(), "5").replace("\"71\"", "\"72\""));
    }
    List<String> up = walk("budgets?organization=72", "budgets", "budget_id");
    assertThat(up).hasSize(6); // and the credit
    assertThat(walk("budgets?organization=72&descending=true", "budgets", "budget_id"))
        .isEqualTo(up.reversed());
    List<String> versions = walk("prices/versions?x", "versions", "version_id");
    assertThat(walk("prices/versions?descending=false", "versions", "version_id"))
        .isEqualTo(versions.reversed());
    Map.of(
            "budget-alerts", "alerts",
            "webhook-targets", "targets",
            "adjustments", "adjustments",
            "prices/reratings", "reratings",
            "commitments", "commitments",
            "held", "records",
            "held/receipts", "receipts",
            "refused-payments", "payments")
        .forEach(
            (list, member) -> {
              JsonNode page =
                  billing.get("/internal/v1/" + list + "?limit=1&after=0&descending=true").json();
              assertThat(page.path(member).isArray()).as(list).isTrue();
              assertThat(page.path("next").isNull()).as(list).isTrue();
            });
    assertThat(billing.get("/internal/v1/budgets?limit=0").status()).isEqualTo(400);
  }

  private static List<String> walk(String list, String member, String id) {
    List<String> all = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = billing.get("/internal/v1/" + list + "&limit=2" + after).json();
      page.path(member).forEach(row -> all.add(row.path(id).asString()));
      assertThat(page.path(member).size()).isBetween(1, 2);
      String next = page.path("next").asString("");
      after = next.isEmpty() ? "" : "&after=" + next;
    } while (!after.isEmpty());
    assertThat(all).doesNotHaveDuplicates();
    return all;
  }
}
