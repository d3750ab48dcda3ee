package io.r1platform.api.upstreams;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says about a server of others. Checks itself: 422 invalid_value with the field.
 *
 * @param name small letters, digits, {@code . _ -}; 64 at most
 * @param url {@code http} or {@code https}, host and port, a path if the server has one before
 *     {@code /v1}
 * @param apiKey sent as a bearer token; null keeps the one that is stored for this address, or
 *     sends none
 * @param trusted PEM of certificates to be trusted instead of the JVM's, null for those
 * @param enabled whether it is given requests
 * @param cacheSalt whether it takes {@code cache_salt}, so that tenants share no cached prefix
 * @param startWithinSeconds longest wait for a first token, 1 to 600
 * @param models what it serves, one at least
 */
public record UpstreamTerms(
    String name,
    URI url,
    @Nullable String apiKey,
    @Nullable String trusted,
    boolean enabled,
    boolean cacheSalt,
    int startWithinSeconds,
    List<ModelTerms> models) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,4096}");
  private static final int LONGEST_WAIT = 600;
  private static final int MOST_MODELS = 50;
  private static final int LONGEST_NAME = 256;
  private static final int LAST_PRIORITY = 99;

  /**
   * A model at that server.
   *
   * @param modelId ours
   * @param name what the server calls it
   * @param priority 1 to 99, 1 is asked first; our own servers have 10
   * @param contextLength most tokens of prompt and output together; null if the server says it
   * @param maxOutputTokens most output tokens of a choice; null: as many as the context has
   * @param reasoning whether it reasons before it answers
   */
  public record ModelTerms(
      int modelId,
      String name,
      int priority,
      @Nullable Integer contextLength,
      @Nullable Integer maxOutputTokens,
      boolean reasoning) {}

  public UpstreamTerms {
    models = List.copyOf(models);
    require(NAME.matcher(name).matches(), "name", "has small letters, digits and . _ -");
    requireAddress(url);
    require(apiKey == null || KEY.matcher(apiKey).matches(), "api_key", "has visible ASCII only");
    require(trusted == null || isPem(trusted), "trusted", "has certificates as PEM");
    require(
        startWithinSeconds >= 1 && startWithinSeconds <= LONGEST_WAIT,
        "start_within_seconds",
        "is 1 to 600");
    require(!models.isEmpty() && models.size() <= MOST_MODELS, "models", "has 1 to 50 entries");
    require(
        models.stream().mapToInt(ModelTerms::modelId).distinct().count() == models.size(),
        "models",
        "names each model once");
    models.forEach(UpstreamTerms::requireModel);
  }

  private static void requireModel(ModelTerms model) {
    boolean named = !model.name.isBlank() && model.name.length() <= LONGEST_NAME;
    require(
        named && model.name.chars().noneMatch(Character::isISOControl),
        "models.upstream_name",
        "is what the server calls the model");
    require(
        model.priority >= 1 && model.priority <= LAST_PRIORITY, "models.priority", "is 1 to 99");
    Integer context = model.contextLength;
    Integer output = model.maxOutputTokens;
    require(context == null || context >= 1, "models.context_length", "is 1 or more");
    require(
        output == null || (output >= 1 && (context == null || output <= context)),
        "models.max_output_tokens",
        "is 1 to the context's length");
  }

  /** Only what a server of models is: no file, no credentials, no query. */
  private static void requireAddress(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    require(scheme.equals("http") || scheme.equals("https"), "url", "begins with http or https");
    require(url.getHost() != null, "url", "names a host");
    require(
        url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null,
        "url",
        "has no credentials, query or fragment");
    String path = String.valueOf(url.getRawPath());
    require(!path.endsWith("/") && !path.contains(".."), "url", "ends before /v1, without a slash");
  }

  private static boolean isPem(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      return !CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes))
          .isEmpty();
    } catch (CertificateException e) {
      return false;
    }
  }

  /** The same with what a probe found out. */
  UpstreamTerms with(List<ModelTerms> found) {
    return new UpstreamTerms(
        name, url, apiKey, trusted, enabled, cacheSalt, startWithinSeconds, found);
  }

  private static void require(boolean holds, String field, String what) {
    if (!holds) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, field, "'%s' %s.".formatted(field, what));
    }
  }

  /** Without the key: this may come into a log. */
  @Override
  public String toString() {
    return "UpstreamTerms[" + name + "]";
  }
}
