package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdjustmentOrdersIT {
  private static final String COMMAND = "0198e0c6-0000-7000-8000-000000000021";

  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
  private RunningApi api;
  private Browser browser;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("r1.api.billing.url", billing.url()));
    browser = Browser.loggedIn(api);
  }

  @AfterAll
  void stop() {
    api.close();
    billing.close();
  }

  @Test
  void aReratingIsInTheTrailBeforeAndAfterWithWhoOrderedIt() {
    billing.say(
        "/internal/v1/prices/versions/101/rerate",
        200,
        "{\"rerating_id\":\"3\",\"organization_id\":\"7\"}");
    var answer =
        browser.post(
            "/admin/api/adjustments/reratings",
            "{\"command_id\":\"%s\",\"version_id\":\"101\",\"actor\":\"somebody else\"}"
                .formatted(COMMAND));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(trail("usage.rerated%"))
        .containsExactly("usage.rerated.ordered " + COMMAND, "usage.rerated 3 7");
    assertThat(written()).doesNotContain("somebody else");
  }

  @Test
  void aCommitmentThatBillingRefusesIsToldInItsWords() {
    billing.say(
        "/internal/v1/commitments",
        400,
        "{\"code\":\"invalid_request\",\"detail\":\"Another commitment holds.\"}");
    long organization = api.bean(Tenants.class).createOrganization("Acme").id();
    var refused =
        browser.post(
            "/admin/api/adjustments/commitments",
            "{\"command_id\":\"%s\",\"organization_id\":\"%d\"}".formatted(COMMAND, organization));
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("Another commitment holds.");
    assertThat(browser.post("/admin/api/adjustments/commitments/1%2F2/cancel", "{}").statusCode())
        .isIn(400, 404);
    assertThat(trail("commitment.%")).hasSize(1);
  }

  @Test
  void anInvoicesOrdersAreInTheTrailWithWhoOrderedThem() {
    String invoice = "{\"invoice_id\":\"31\",\"organization_id\":\"7\"}";
    billing.say("/internal/v1/invoices/31/waivers", 200, invoice);
    billing.say("/internal/v1/invoices/31/finalize", 200, invoice);
    String order = "{\"command_id\":\"%s\",\"actor\":\"somebody else\",\"reason\":\"%s\"}";
    var waived =
        browser.post("/admin/api/invoices/31/waivers", order.formatted(COMMAND, "checked by hand"));
    assertThat(waived.statusCode()).as(waived.body()).isEqualTo(200);
    var done = browser.post("/admin/api/invoices/31/finalize", order.formatted(COMMAND, "month"));
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(trail("invoice.%"))
        .containsSubsequence(
            "invoice.blocker_waived.ordered " + COMMAND,
            "invoice.blocker_waived 31 7",
            "invoice.finalized.ordered " + COMMAND,
            "invoice.finalized 31 7");
    assertThat(written()).contains("checked by hand").doesNotContain("somebody else");
  }

  @Test
  void whatBlocksAnInvoiceIsTold() {
    billing.say(
        "/internal/v1/invoices/32/finalize",
        409,
        "{\"code\":\"invoice_blocked\",\"detail\":\"Nothing was finalized. HELD: 2\"}");
    var refused =
        browser.post(
            "/admin/api/invoices/32/finalize", "{\"command_id\":\"%s\"}".formatted(COMMAND));
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("HELD: 2");
  }

  /** Billing knows no organizations: it would book a typo's minimum as revenue. */
  @Test
  void nobodyIsCommittedWhoDoesNotExist() {
    var refused =
        browser.post(
            "/admin/api/adjustments/commitments",
            "{\"command_id\":\"%s\",\"organization_id\":\"999\"}".formatted(COMMAND));
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("organization_id", "does not exist");
    refused =
        browser.post(
            "/admin/api/prices/drafts",
            "{\"command_id\":\"%s\",\"card\":{\"organization_id\":\"999\"}}".formatted(COMMAND));
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("organization_id", "does not exist");
  }

  private String written() {
    return JdbcClient.create(database.superuser())
        .sql("select string_agg(before::text, '') from api.audit_event")
        .query(String.class)
        .single();
  }

  private List<String> trail(String action) {
    return JdbcClient.create(database.superuser())
        .sql(
            """
            select action || ' ' || object_id || coalesce(' ' || organization_id, '')
            from api.audit_event where action like ? order by id
            """)
        .param(action)
        .query(String.class)
        .list();
  }
}
