package io.r1platform.api.upstreams;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server that runs requests, as it is set now; what it has done lately is its {@link Standing}.
 *
 * @param id 0 and below for those of the settings, else of its row
 * @param name unique, for logs, metrics and the request log
 * @param url its base, without a path
 * @param own whether it is our inference-service, which speaks our inner protocol
 * @param salts salts of its prefix cache, null where it takes none
 * @param authorization value of the Authorization header, null for none
 * @param trusted PEM of the certificates that are trusted instead of the JVM's, null for those
 * @param firstToken longest wait for the first token before another server is asked; own engines
 *     say themselves that they live
 * @param models what it serves, by our names
 * @param standing shared by all versions of it
 */
public record Upstream(
    long id,
    String name,
    URI url,
    boolean own,
    @Nullable CacheSalts salts,
    Supplier<@Nullable String> authorization,
    @Nullable String trusted,
    Duration firstToken,
    Map<String, Served> models,
    Standing standing) {

  /**
   * A model at this server.
   *
   * @param name what the server calls it
   * @param priority 1 is asked first; the own servers of the settings have 10
   * @param card what is known of it
   */
  public record Served(String name, int priority, ModelCard card) {}

  public Upstream {
    models = Map.copyOf(models);
  }

  /** Value of the Authorization header, null for none. */
  public @Nullable String bearer() {
    return authorization.get();
  }
}
