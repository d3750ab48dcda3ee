package io.r1platform.billing.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.money.Pico;
import java.io.IOException;
import java.io.InputStream;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Billing chooses version, window and amount as gateways do: both answer the same golden file,
 * which was computed by neither: bounds of versions and contracts, clock changes of a whole and of
 * half an hour, windows over midnight, holidays and worked weekend days. A test of the whole
 * platform compares the two copies.
 */
class PriceVectorsTests {

  @Test
  void billingChoosesAsTheGoldenFileSays() throws IOException {
    JsonNode file = golden();
    Book book = book(file.path("answer"));
    assertThat(file.path("cases").size()).isGreaterThan(300);
    for (JsonNode vector : file.path("cases")) {
      Optional<Rated> rated = book.rate(charge(vector));
      assertThat(rated.isPresent()).as("%s", vector).isEqualTo(!vector.path("window").isNull());
      if (rated.isPresent()) {
        Rated chosen = rated.get();
        assertThat(Long.toString(chosen.version().versionId()))
            .as("%s", vector)
            .isEqualTo(vector.path("version_id").asString());
        assertThat(chosen.window()).as("%s", vector).isEqualTo(vector.path("window").asInt());
        assertThat(Long.toString(chosen.amountPico()))
            .isEqualTo(vector.path("amount_pico").asString());
      }
    }
  }

  private static Charge charge(JsonNode vector) {
    return new Charge(
        Long.parseLong(vector.path("tenant_id").asString()),
        vector.path("model_id").asInt(),
        Instant.parse(vector.path("at").asString()),
        false,
        vector.path("hit").asInt(),
        vector.path("miss").asInt(),
        vector.path("reasoning").asInt(),
        vector.path("answer").asInt());
  }

  private static JsonNode golden() throws IOException {
    try (InputStream in = PriceVectorsTests.class.getResourceAsStream("/price-vectors.json")) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(in, "price-vectors.json"));
    }
  }

  private static Book book(JsonNode answer) {
    return new Book(versions(answer), calendars(answer));
  }

  private static Map<String, Map<LocalDate, Boolean>> calendars(JsonNode answer) {
    var calendars = new HashMap<String, Map<LocalDate, Boolean>>();
    for (JsonNode calendar : answer.path("calendars")) {
      var days = new HashMap<LocalDate, Boolean>();
      for (JsonNode day : calendar.path("days")) {
        days.put(LocalDate.parse(day.path("day").asString()), day.path("working").asBoolean());
      }
      calendars.put(calendar.path("calendar").asString(), days);
    }
    return calendars;
  }

  private static List<PriceVersion> versions(JsonNode answer) {
    var versions = new ArrayList<PriceVersion>();
    for (JsonNode v : answer.path("versions")) {
      var windows = new ArrayList<PriceWindow>();
      v.path("windows").forEach(w -> windows.add(window(w)));
      var prices = new ArrayList<PriceVersion.Price>();
      v.path("prices").forEach(p -> prices.add(price(p)));
      String tenant = text(v, "tenant_id");
      String until = text(v, "valid_until");
      versions.add(
          new PriceVersion(
              Long.parseLong(v.path("version_id").asString()),
              tenant == null ? null : Long.valueOf(tenant),
              v.path("name").asString(),
              v.path("currency").asString(),
              v.path("content_sha256").asString(),
              Instant.parse(v.path("valid_from").asString()),
              until == null ? null : Instant.parse(until),
              v.path("reference").asBoolean(),
              windows,
              prices));
    }
    return versions;
  }

  private static PriceWindow window(JsonNode w) {
    var days = EnumSet.noneOf(DayOfWeek.class);
    w.path("days").forEach(day -> days.add(DayOfWeek.of(day.asInt())));
    return new PriceWindow(
        w.path("window").asInt(),
        w.path("code").asString(),
        LocalTime.parse(w.path("from").asString()),
        LocalTime.parse(w.path("to").asString()),
        ZoneId.of(w.path("zone").asString()),
        days,
        text(w, "calendar"));
  }

  private static PriceVersion.Price price(JsonNode p) {
    var unit = new Pico(Long.parseLong(p.path("unit_pico").asString()));
    return new PriceVersion.Price(
        p.path("model_id").asInt(),
        p.path("model").asString(),
        Sku.valueOf(p.path("sku").asString()),
        p.path("window").asInt(),
        unit,
        unit,
        null);
  }

  private static @Nullable String text(JsonNode node, String member) {
    JsonNode value = node.path(member);
    return value.isNull() ? null : value.asString();
  }
}
