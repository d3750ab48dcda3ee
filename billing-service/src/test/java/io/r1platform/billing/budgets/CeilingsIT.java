package io.r1platform.billing.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a tenant hears of the limits above its key, and of its balance. */
class CeilingsIT {
  private static final long DOLLAR = 1_000_000_000_000L;
  private static BillingFixture billing;
  private static long last = 30_000;

  private final long organization = ++last;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void tellsCreditAndEveryHardBudgetAboveTheKeyAndNoOther() {
    budget("PROJECT", organization * 10, true, "\"reset\":\"DAY\"");
    budget("PROJECT", organization * 10, false, "\"reset\":\"DAY\"");
    budget("PROJECT", organization * 10 + 1, true, "\"reset\":\"DAY\"");
    budget("KEY", organization * 100, true, "\"reset\":\"NEVER\"");
    JsonNode limits = limits(organization);
    assertThat(limits.size()).isEqualTo(3);
    assertThat(limits.get(0).path("scope").asString()).isEqualTo("CREDIT");
    assertThat(limits.get(0).path("limit").asString()).isEqualTo(Long.toString(100 * DOLLAR));
    assertThat(limits.get(1).path("scope_id").asString())
        .isEqualTo(Long.toString(organization * 10));
    assertThat(limits.get(1).path("resets_at").asString()).endsWith("T00:00:00Z");
    assertThat(limits.get(2).path("scope").asString()).isEqualTo("KEY");
    assertThat(limits.get(2).path("resets_at").isNull()).isTrue();
  }

  /** Project and key of another organization tell nothing, whoever asks. */
  @Test
  void anotherOrganizationsBudgetsStayItsOwn() {
    budget("KEY", organization * 100, true, "\"reset\":\"NEVER\"");
    JsonNode limits =
        billing
            .get(
                "/internal/v1/limits?organization=%d&project=%d&key=%d"
                    .formatted(++last, organization * 10, organization * 100))
            .json()
            .path("limits");
    assertThat(limits.size()).as("its own credit").isEqualTo(1);
    assertThat(limits.get(0).path("scope_id").asString()).isEqualTo(Long.toString(last));
  }

  @Test
  void followsWhatIsLeasedAndSpent() {
    budget("KEY", organization * 100, true, "\"reset\":\"ROLLING\",\"rolling_hours\":24");
    var gateway = new Gateway(billing, organization, new Leases.Holder(4_000 + organization, 1), 1);
    assertThat(gateway.request(DOLLAR, DOLLAR / 4)).isTrue();
    gateway.ship();
    JsonNode key = limits(organization).get(1);
    assertThat(key.path("used").asString()).isEqualTo(Long.toString(DOLLAR / 4));
    assertThat(key.path("leased").asString()).isNotEqualTo("0");
    assertThat(key.path("resets_at").asString()).isNotEmpty();
    gateway.giveBack();
    assertThat(limits(organization).get(1).path("leased").asString()).isEqualTo("0");

    JsonNode balance = balance();
    assertThat(balance.path("used").asString()).isEqualTo(Long.toString(DOLLAR / 4));
    assertThat(balance.path("limit").asString()).isEqualTo(Long.toString(100 * DOLLAR));
    assertThat(balance.path("granted").asString()).isEqualTo("0");
    assertThat(balance.path("next_expiry").isNull()).isTrue();
  }

  @Test
  void theBalanceTellsGrantsThatHoldNow() {
    String expires = billing.clock().instant().plus(Duration.ofDays(3)).toString();
    credit("grants", "\"amount\":\"30\",\"expires_at\":\"%s\"".formatted(expires));
    credit("top-ups", "\"amount\":\"500\"");
    credit(
        "grants",
        "\"amount\":\"9\",\"effective_at\":\"%s\""
            .formatted(billing.clock().instant().plus(Duration.ofDays(1))));
    JsonNode balance = balance();
    assertThat(balance.path("granted").asString()).isEqualTo("30");
    assertThat(balance.path("topped_up").asString()).isEqualTo("500");
    assertThat(balance.path("next_expiry").asString()).isEqualTo(expires);
    assertThat(balance.path("limit").asString()).isEqualTo(Long.toString(100 * DOLLAR + 530));
  }

  private JsonNode balance() {
    return billing.get("/internal/v1/organizations/%d/balance".formatted(organization)).json();
  }

  private void credit(String what, String fields) {
    Answer answer =
        billing.postJson(
            "/internal/v1/organizations/%d/credit/%s".formatted(organization, what),
            BillingFixture.GATEWAY,
            "{\"command_id\":\"%s\",\"actor\":\"test\",%s}".formatted(UUID.randomUUID(), fields));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private void budget(String scope, long scopeId, boolean hard, String fields) {
    Answer answer =
        billing.postJson(
            "/internal/v1/budgets",
            BillingFixture.GATEWAY,
            """
            {"command_id":"%s","organization":"%d","scope":"%s","scope_id":"%d","hard":%b,
             "limit":"%d",%s}
            """
                .formatted(
                    UUID.randomUUID(), organization, scope, scopeId, hard, 20 * DOLLAR, fields));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static JsonNode limits(long organization) {
    Answer answer =
        billing.get(
            "/internal/v1/limits?organization=%d&project=%d&key=%d"
                .formatted(organization, organization * 10, organization * 100));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("limits");
  }
}
