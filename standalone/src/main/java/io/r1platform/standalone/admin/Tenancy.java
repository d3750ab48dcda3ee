package io.r1platform.standalone.admin;

import io.r1platform.standalone.home.Secrets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The first tenant of a fresh installation: one organization, one project, and its keys. */
public final class Tenancy {
  private static final String ORGANIZATION = "Local";
  private static final String PROJECT = "Default";
  private static final String KEY_SECRET = "tenant-key";

  private final AdminApi api;

  /** The tenant as seen through {@code api}. */
  public Tenancy(AdminApi api) {
    this.api = api;
  }

  /**
   * Mints an API key.
   *
   * @param lifetime until it expires; empty: it lives until it is revoked
   * @return the secret, which nobody can read again
   */
  public String mintKey(String name, Optional<Duration> lifetime) {
    return mintKey(name, lifetime, Map.of());
  }

  /** The same with what it may do: {@code scopes}, {@code models}, {@code networks}. */
  public String mintKey(String name, Optional<Duration> lifetime, Map<String, ?> rights) {
    var wanted = new HashMap<String, Object>(rights);
    wanted.put("project_id", project());
    wanted.put("name", name);
    lifetime.ifPresent(time -> wanted.put("expires_in_seconds", time.toSeconds()));
    return api.post("/admin/api/keys", wanted).path("secret").asString();
  }

  /** Every key of the site, newest first, as the admin API has it. */
  public List<JsonNode> keys() {
    List<JsonNode> keys = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = api.get("/admin/api/keys?limit=200&after=" + next);
      page.path("items").forEach(keys::add);
      next = page.path("next").asString("");
    } while (!next.isEmpty());
    return keys;
  }

  /**
   * Gives a key another secret.
   *
   * @param publicId the 8 characters after {@code sk-r1-}
   * @param grace how long the secret until now stays good
   * @return the new secret, which nobody can read again
   */
  public String rotateKey(String publicId, Duration grace) {
    JsonNode key =
        keys().stream()
            .filter(one -> one.path("public_id").asString().equals(publicId))
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException("there is no key sk-r1-%s…".formatted(publicId)));
    return api.call(
            "POST",
            "/admin/api/keys/%s/rotate".formatted(key.path("id").asString()),
            Map.of("grace_seconds", grace.toSeconds()),
            key.path("version").asString())
        .path("secret")
        .asString();
  }

  /** The key that {@code up} shows: the kept one while it works, else a new one, kept. */
  public String standingKey(String url, Secrets secrets) {
    Optional<String> kept = secrets.find(KEY_SECRET).filter(key -> works(url, key));
    if (kept.isPresent()) {
      return kept.get();
    }
    String fresh = mintKey("made by r1 up", Optional.empty());
    secrets.store(KEY_SECRET, fresh);
    return fresh;
  }

  private String project() {
    String organization =
        ensure("/admin/api/organizations", ORGANIZATION, Map.of("name", ORGANIZATION));
    return ensure(
        "/admin/api/projects?organization_id=" + organization,
        PROJECT,
        Map.of("organization_id", organization, "name", PROJECT));
  }

  private String ensure(String list, String name, Map<String, String> wanted) {
    JsonNode answer = api.get(list);
    JsonNode items = answer.isArray() ? answer : answer.path("items");
    for (JsonNode item : items) {
      if (item.path("name").asString().equals(name)) {
        return item.path("id").asString();
      }
    }
    String collection = list.replaceFirst("\\?.*", "");
    return api.post(collection, wanted).path("id").asString();
  }

  private static boolean works(String url, String key) {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url + "/v1/models"))
              .header("Authorization", "Bearer " + key)
              .timeout(Duration.ofSeconds(10))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
