package io.r1platform.standalone.models;

import io.r1platform.standalone.admin.AdminApi;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The public price list of a platform that runs: its last version, and a successor to it. */
public final class PublicList {
  private static final Duration AHEAD = Duration.ofMinutes(6); // five are needed
  private static final int PICO_PER_DOLLAR_OF_MILLION = 6; // decimal places

  private final AdminApi api;

  /** As seen through {@code api}. */
  public PublicList(AdminApi api) {
    this.api = api;
  }

  /** USD for a million tokens. */
  public record Prices(BigDecimal cached, BigDecimal prompt, BigDecimal output) {
    /** Refuses what is below 0 or finer than a pico-dollar a token. */
    public Prices {
      for (BigDecimal price : List.of(cached, prompt, output)) {
        if (price.signum() < 0 || price.stripTrailingZeros().scale() > PICO_PER_DOLLAR_OF_MILLION) {
          throw new ModelRefused(
              price + " is no price: USD for a million tokens, at least 0, at most six decimals");
        }
      }
    }

    private Map<String, String> bySku() {
      return Map.of(
          "HIT", pico(cached),
          "MISS", pico(prompt),
          "REASONING", pico(output),
          "ANSWER", pico(output));
    }

    private static String pico(BigDecimal price) {
      return price.movePointRight(PICO_PER_DOLLAR_OF_MILLION).toBigIntegerExact().toString();
    }
  }

  /** The version that was published last and has no end. */
  JsonNode last() {
    return versions().stream()
        .filter(
            version ->
                version.path("organization_id").isNull()
                    && !version.path("reference").asBoolean()
                    && !version.path("published_at").isNull()
                    && version.path("valid_until").isNull())
        .reduce((one, other) -> begin(one).isAfter(begin(other)) ? one : other)
        .orElseThrow(
            () -> new IllegalStateException("there is no public price list without an end"));
  }

  /**
   * Publishes the last version anew with prices of one more model, in all its windows.
   *
   * @return when they begin to hold
   */
  public Instant add(String name, int modelId, Prices prices, Instant now) {
    JsonNode last = last();
    JsonNode detail = api.get(path("versions", last));
    var lines = new ArrayList<Object>();
    for (JsonNode line : detail.path("prices")) {
      if (line.path("model_id").asInt() == modelId) {
        throw new ModelRefused(
            name + " has prices on the public list; change them in the console, under Prices");
      }
      lines.add(line);
    }
    var windows = new ArrayList<>(List.of(0));
    detail.path("windows").forEach(window -> windows.add(window.path("window").asInt()));
    for (int window : windows) {
      prices
          .bySku()
          .forEach(
              (sku, pico) -> {
                Map<String, Object> line = new HashMap<>();
                line.put("model_id", modelId);
                line.put("model", name);
                line.put("sku", sku);
                line.put("window", window);
                line.put("unit_pico", pico);
                lines.add(line);
              });
    }
    Instant soon = now.plus(AHEAD);
    Instant after = begin(last).plus(AHEAD);
    Instant from = (soon.isAfter(after) ? soon : after).truncatedTo(ChronoUnit.SECONDS);
    publish(last, from, detail.path("windows"), lines);
    return from;
  }

  private void publish(JsonNode last, Instant from, JsonNode windows, List<Object> lines) {
    JsonNode draft =
        api.post(
            "/admin/api/prices/drafts",
            Map.of(
                "command_id", UUID.randomUUID().toString(),
                "from_version_id", last.path("version_id").asString(),
                "valid_from", from.toString()));
    JsonNode made = draft.path("version");
    String path = path("drafts", made);
    try {
      JsonNode edited =
          api.post(
              path,
              Map.of(
                  "revision",
                  made.path("revision").asInt(),
                  "valid_from",
                  from.toString(),
                  "windows",
                  windows,
                  "prices",
                  lines));
      JsonNode unused =
          api.post(
              path + "/publish",
              Map.of("revision", edited.path("version").path("revision").asInt()));
    } catch (IllegalStateException e) {
      JsonNode unused = api.post(path + "/discard", Map.of());
      throw e;
    }
  }

  private List<JsonNode> versions() {
    var all = new ArrayList<JsonNode>();
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      JsonNode page = api.get("/admin/api/prices/versions?limit=200&after=" + next.get());
      page.path("items").forEach(all::add);
      next =
          page.path("next").isString()
              ? Optional.of(page.path("next").asString())
              : Optional.empty();
    }
    return all;
  }

  private static Instant begin(JsonNode version) {
    return Instant.parse(version.path("valid_from").asString());
  }

  private static String path(String kind, JsonNode version) {
    return "/admin/api/prices/" + kind + "/" + version.path("version_id").asString();
  }
}
