package io.r1platform.standalone.admin;

import io.r1platform.standalone.home.Secrets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
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
    var wanted = new HashMap<String, Object>(Map.of("project_id", project(), "name", name));
    lifetime.ifPresent(time -> wanted.put("expires_in_seconds", time.toSeconds()));
    return api.post("/admin/api/keys", wanted).path("secret").asString();
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
