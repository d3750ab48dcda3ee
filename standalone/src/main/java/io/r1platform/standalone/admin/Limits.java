package io.r1platform.standalone.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Limits of one organization, project or key, as the admin API has them. */
public final class Limits {
  /** Kinds of limits, by their names on the wire. */
  public static final List<String> KINDS =
      List.of("requests_per_minute", "tokens_per_minute", "concurrency", "queue_length");

  private static final int PUBLIC_ID = 8;

  private final AdminApi api;
  private final String path;

  /**
   * Those of one scope.
   *
   * @param scope organization, project or key
   * @param id its id; of a key also the 8 characters after {@code sk-r1-}
   */
  public Limits(AdminApi api, String scope, String id) {
    this.api = api;
    String internal = scope.equals("key") && id.length() == PUBLIC_ID ? keyId(api, id) : id;
    this.path = "/admin/api/limits/%s/%s".formatted(scope, internal);
  }

  private static String keyId(AdminApi api, String publicId) {
    return new Tenancy(api)
        .keys().stream()
            .filter(key -> key.path("public_id").asString().equals(publicId))
            .map(key -> key.path("id").asString())
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException("there is no key sk-r1-%s…".formatted(publicId)));
  }

  /** What is set, and the site's defaults. */
  public JsonNode read() {
    return api.get(path);
  }

  /**
   * Changes the limits of one model, or of all together, and leaves the others.
   *
   * @param model null for all models together
   * @param limits by kind, a number or {@code none}, others stay; null removes all of that model
   */
  public JsonNode change(@Nullable String model, @Nullable Map<String, String> limits) {
    JsonNode now = read();
    List<Map<String, Object>> entries = new ArrayList<>();
    Map<String, Object> changed = new HashMap<>();
    for (JsonNode entry : now.path("limits")) {
      Map<String, Object> copy = copy(entry);
      if (Optional.ofNullable(copy.get("model")).equals(Optional.ofNullable(model))) {
        changed = copy;
      } else {
        entries.add(copy);
      }
    }
    if (limits != null) {
      if (model != null) {
        changed.put("model", model);
      } else if (now.path("has_defaults").asBoolean()) {
        changed = copy(now.path("defaults")); // else those that are not named would be gone
      }
      for (Map.Entry<String, String> limit : limits.entrySet()) {
        if (limit.getValue().equals("none")) {
          changed.remove(limit.getKey());
        } else {
          changed.put(limit.getKey(), limit.getValue());
        }
      }
      entries.add(changed);
    }
    return api.call("PUT", path, Map.of("limits", entries), now.path("version").asString());
  }

  private static Map<String, Object> copy(JsonNode entry) {
    Map<String, Object> copy = new HashMap<>();
    if (entry.path("model").isString()) {
      copy.put("model", entry.path("model").asString());
    }
    for (String kind : KINDS) {
      if (entry.path(kind).isString()) {
        copy.put(kind, entry.path(kind).asString());
      }
    }
    return copy;
  }
}
