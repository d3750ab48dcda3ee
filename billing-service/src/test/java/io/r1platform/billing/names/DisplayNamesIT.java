package io.r1platform.billing.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.exports.Exported;
import io.r1platform.billing.invoices.Closing;
import io.r1platform.billing.usage.InvoiceTraffic;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * From what a gateway says to lines and exports. Each test has its own organization, whose project
 * has ten times its number and whose key a hundred times.
 */
class DisplayNamesIT {
  private static final String PATH = "/internal/v1/display-names";
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static Closing closing;
  private static Instant now;
  private static YearMonth month;
  private static long last = 9_000;
  private static long seq = 100;

  private final long organization = ++last;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    traffic = new InvoiceTraffic(billing, new Random(62));
    closing = new Closing(billing);
    now = billing.clock().instant();
    month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @BeforeEach
  void theMonthRuns() {
    billing.clock().set(now);
    traffic.charge(organization, now.minusSeconds(1), 0, 0, 0, 1_000_000);
  }

  @Test
  void anInvoiceHasTheNameOfItsFinalizationForEver() {
    assertThat(name(closing.draft(organization, month))).as("nobody said one").isNull();
    say(project(organization, "Cat"));
    assertThat(name(closing.draft(organization, month))).isEqualTo("Cat");
    say(project(organization, "Dog <b>&"));
    end();
    JsonNode done = closing.finalizeMonth(organization, month);
    assertThat(name(done)).as("renamed since it was drafted").isEqualTo("Dog <b>&");
    String path = "/internal/v1/invoices/" + done.path("invoice_id").asString();
    String issued =
        "/internal/v1/organizations/%d/invoices/%s"
            .formatted(organization, done.path("invoice_id").asString());
    String before = billing.get(path).body();
    String english = pdf(path, "en");
    say(project(organization, "Fox"));
    assertThat(billing.get(path).body()).isEqualTo(before);
    assertThat(billing.get(issued).json().at("/invoice/lines/0/project_name").asString())
        .isEqualTo("Dog <b>&");
    assertThat(pdf(path, "en")).isEqualTo(english);
    JdbcClient owner = JdbcClient.create(billing.database().dataSource("r1_billing_owner"));
    String rename = "update invoice_line set project_name = 'Fox' where invoice_id = ?";
    assertThatThrownBy(
            () ->
                owner.sql(rename).param(Long.valueOf(done.path("invoice_id").asString())).update())
        .rootCause()
        .hasMessageContaining("immutable");
  }

  @Test
  void whatComesLateReplacesNothing() {
    String old = project(organization, "Old");
    say(project(organization, "New"));
    say(old);
    assertThat(name(closing.draft(organization, month))).isEqualTo("New");
    String[] both = {project(organization, "Newer"), project(organization, "Newest")};
    say(both[1], both[0]);
    say(both[0], both[0]);
    assertThat(name(closing.draft(organization, month))).isEqualTo("Newest");
  }

  @Test
  void anotherOrganizationsNameIsNowhere() {
    say(said("PROJECT", organization * 10, organization + 1_000, "Secret"));
    say(said("API_KEY", organization * 100, organization + 1_000, "Secret"));
    assertThat(name(closing.draft(organization, month))).isNull();
    assertThat(focus("SubAccountName")).containsOnly("Project " + organization * 10);
    assertThat(deepseek()).containsOnly((String) null);
    say(project(organization, "Own"));
    say(said("PROJECT", organization * 10, organization + 1_000, "Secret"));
    assertThat(name(closing.draft(organization, month))).isEqualTo("Own");
    assertThat(focus("SubAccountName")).containsOnly("Own");
  }

  @Test
  void exportsHaveTheNamesOfNow() {
    say(project(organization, "채팅, \"beta\""));
    say(said("API_KEY", organization * 100, organization, "=ci"));
    assertThat(focus("SubAccountName")).containsOnly("채팅, \"beta\"");
    assertThat(deepseek()).containsOnly("=ci");
    List<Map<String, @Nullable Object>> rows = rows("focus_cost_and_usage");
    assertThat(rows("focus_cost_and_usage")).isEqualTo(rows).isNotEmpty();
    end();
    closing.finalizeMonth(organization, month);
    say(project(organization, "Renamed"));
    assertThat(focus("SubAccountName")).containsOnly("Renamed");
    assertThat(focus("InvoiceId")).doesNotContainNull();
  }

  @Test
  void whatIsNoNameHoldsUpNoOther() {
    Answer answer =
        post(
            said("PROJECT", organization * 10, organization, "x".repeat(101)),
            said("PROJECT", organization * 10, organization, ""),
            said("PROJECT", organization * 10, organization, "a\\u0000b"),
            said("PROJECT", organization * 10, organization, "a\\ud800b"),
            said("PLANET", organization * 10, organization, "Mars"),
            project(organization, "😀".repeat(100)),
            "{\"kind\": \"PROJECT\", \"id\": \"1;\", \"organization_id\": \"1\", \"name\": \"x\"}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("refused").asInt()).isEqualTo(6);
    assertThat(name(closing.draft(organization, month))).isEqualTo("😀".repeat(100));
    String[] many =
        IntStream.range(0, 501)
            .mapToObj(i -> said("API_KEY", i, organization, "k"))
            .toArray(String[]::new);
    assertThat(post(many).status()).isEqualTo(400);
    assertThat(billing.postJson(PATH, BillingFixture.GATEWAY, "{}").status()).isEqualTo(400);
    assertThat(post().status()).isEqualTo(200);
  }

  private static void end() {
    billing
        .clock()
        .set(
            month
                .plusMonths(1)
                .atDay(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC)
                .plus(Duration.ofHours(25)));
  }

  private static @Nullable String name(JsonNode invoice) {
    JsonNode line = invoice.at("/lines/0");
    assertThat(line.path("kind").asString()).isEqualTo("USAGE");
    return line.path("project_name").isNull() ? null : line.path("project_name").asString();
  }

  private static String pdf(String path, String language) {
    Answer pdf = billing.get(path + "/pdf?paper=A4&language=" + language);
    assertThat(pdf.status()).isEqualTo(200);
    return pdf.header("x-r1-sha256");
  }

  private List<@Nullable Object> focus(String column) {
    var cells = new ArrayList<@Nullable Object>();
    rows("focus_cost_and_usage").stream()
        .filter(row -> "Usage".equals(row.get("ChargeCategory")))
        .forEach(row -> cells.add(row.get(column)));
    return cells;
  }

  private List<@Nullable Object> deepseek() {
    var cells = new ArrayList<@Nullable Object>();
    rows("deepseek_compat").forEach(row -> cells.add(row.get("api_key_name")));
    return cells;
  }

  private List<Map<String, @Nullable Object>> rows(String name) {
    return billing
        .sql()
        .sql(Exported.dataset(billing, name).sql())
        .param("organization", organization)
        .param("project", organization * 10)
        .param("from", first(month))
        .param("to", first(month.plusMonths(1)))
        .query()
        .listOfRows();
  }

  private static OffsetDateTime first(YearMonth month) {
    return month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC);
  }

  private static String project(long organization, String name) {
    return said("PROJECT", organization * 10, organization, name);
  }

  /** With the next number. */
  private static String said(String kind, long id, long organization, String name) {
    return """
        {"kind": "%s", "id": "%d", "organization_id": "%d", "name": "%s", "seq": "%d"}
        """
        .formatted(kind, id, organization, name.replace("\"", "\\\""), ++seq);
  }

  private static void say(String... names) {
    Answer answer = post(names);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("refused").asInt()).isZero();
  }

  private static Answer post(String... names) {
    return billing.postJson(
        PATH, BillingFixture.GATEWAY, "{\"names\": [" + String.join(", ", names) + "]}");
  }
}
