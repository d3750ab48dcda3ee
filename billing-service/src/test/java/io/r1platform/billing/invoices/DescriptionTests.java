package io.r1platform.billing.invoices;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The gateway passes these answers on as they are, so its description has to tell of all of it. */
class DescriptionTests {
  private static final Path ADMIN_API =
      Path.of("../api-service/src/main/resources/openapi-admin.json");
  private static final Map<String, String> RECORDS =
      Map.of(
          "Invoice", "invoices.InvoiceView",
          "InvoiceLine", "invoices.InvoiceView$LineView",
          "InvoiceTax", "invoices.InvoiceView$TaxView",
          "InvoiceBlocker", "invoices.InvoiceView$Blocker",
          "Issuer", "invoices.InvoiceView$Party",
          "BilledCustomer", "invoices.InvoiceView$Customer",
          "InvoiceReference", "invoices.InvoiceView$Reference",
          "Voiding", "invoices.InvoiceView$Voided",
          "TaxRule", "invoices.BillingSetupController$RuleView",
          "RevenueMonth", "reports.RevenueController$Month");

  @Test
  void theAdminApiDescribesEveryMember() {
    JsonNode schemas = JsonMapper.shared().readTree(ADMIN_API.toFile()).at("/components/schemas");
    List<String> wrong = new ArrayList<>();
    RECORDS.forEach(
        (schema, record) -> {
          Map<String, String> described = described(schemas.path(schema));
          Map<String, String> answered = answered(record);
          if (!described.equals(answered)) {
            wrong.add("%s%n  described %s%n  answered  %s".formatted(schema, described, answered));
          }
        });
    assertThat(wrong).isEmpty();
  }

  /** Each member, and whether it may be null; all are there in every answer. */
  private static Map<String, String> described(JsonNode schema) {
    List<String> required =
        StreamSupport.stream(schema.path("required").spliterator(), false)
            .map(JsonNode::asString)
            .toList();
    Map<String, String> members = new TreeMap<>();
    schema
        .path("properties")
        .forEachEntry(
            (name, member) ->
                members.put(
                    name,
                    (required.contains(name) ? "" : "may be missing, ")
                        + told(member.toString().contains("\"null\""))));
    return members;
  }

  private static Map<String, String> answered(String record) {
    Map<String, String> members = new TreeMap<>();
    var names = new PropertyNamingStrategies.SnakeCaseStrategy();
    for (RecordComponent component : components("io.r1platform.billing." + record)) {
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      members.put(names.nameForField(null, null, component.getName()), told(nullable));
    }
    return members;
  }

  private static List<RecordComponent> components(String record) {
    try {
      return Arrays.asList(Class.forName(record).getRecordComponents());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String told(boolean nullable) {
    return nullable ? "or null" : "never null";
  }
}
