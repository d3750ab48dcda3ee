package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** "The same usage on o1": the hour of the specification, and a random one. */
class ReferenceReportIT {
  private static BillingFixture billing;
  private static UsageRecord any;
  private static String days;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    var samples = new Samples(new Random(8), billing.priceSha256(), billing.clock().instant());
    any = samples.any(78);
    List<UsageRecord> records =
        List.of(
            samples.charged(77, 54_400, 18_231, 9_417, 2_210),
            any,
            samples.charged(80, 54_400, 18_231, 9_417, 2_210),
            Samples.ofBatch(samples.charged(80, 54_400, 18_231, 9_417, 2_210)));
    assertThat(billing.postBatch(Samples.batch(1, 1, 1, records)).status()).isEqualTo(200);
    LocalDate today = LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
    days = "from=" + today.minusDays(1) + "&to=" + today.plusDays(1);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void ratiosAreComputedFromADatedCard() {
    JsonNode report = report(days + "&organization_id=77").json();
    assertThat(report.path("reference").asString()).contains("o1");
    assertThat(report.path("dated").asString()).isEqualTo("2025-01-20");
    var ratios = new ArrayList<String>();
    report.path("lines").forEach(line -> ratios.add(line.path("ratio").asString()));
    assertThat(ratios).containsExactly("53.6", "27.3", "27.4", "27.4");
    JsonNode total = report.path("total");
    assertThat(total.path("cost").asString()).isEqualTo("0.04310618");
    assertThat(total.path("reference_cost").asString()).isEqualTo("1.379085");
    assertThat(total.path("ratio").asString()).isEqualTo("32.0");
  }

  @Test
  void theSumsByClassAreTheCharges() {
    for (int organization : List.of(78, 80)) {
      String query = days + "&organization_id=" + organization;
      assertThat(report(query).json().path("total").path("cost").asString())
          .isEqualTo(billing.get("/internal/v1/reports/overview?" + query).text("cost"));
    }
    assertThat(any.amountPico()).isPositive();
  }

  @Test
  void linesOfBatchesCostWhatTheyWereCharged() {
    JsonNode total = report(days + "&organization_id=80").json().path("total");
    assertThat(total.path("cost").asString()).isEqualTo("0.06465927");
    assertThat(total.path("reference_cost").asString()).isEqualTo("2.75817");
  }

  @Test
  void withoutUsageThereIsNoRatioAndBeforeTheCardNoReport() {
    JsonNode total = report(days + "&organization_id=79").json().path("total");
    assertThat(total.path("ratio").isNull()).isTrue();
    assertThat(total.path("tokens").asString()).isEqualTo("0");
    assertThat(report("from=2024-01-01&to=2024-01-05").status()).isEqualTo(404);
  }

  private static Answer report(String query) {
    return billing.get("/internal/v1/reports/reference?" + query);
  }
}
