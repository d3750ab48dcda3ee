package io.r1platform.billing.exports;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place that exports can be written to: a folder, or a bucket of S3-compatible storage.
 *
 * @param name by which exports name it: lower-case letters, digits and hyphens
 * @param folder an absolute directory; null: a bucket
 * @param endpoint where the storage answers, https unless {@code plain-http}; without a path
 * @param region of the bucket, such as eu-central-1
 * @param bucket its name
 * @param prefix before every key, such as finance/r1; null: none
 * @param credentialsFile a file of two lines, the access key's id and its secret; null: no bucket
 * @param plainHttp whether the endpoint may be http
 */
record ExportTargetSettings(
    String name,
    @Nullable Path folder,
    @Nullable URI endpoint,
    @Nullable String region,
    @Nullable String bucket,
    @Nullable String prefix,
    @Nullable Path credentialsFile,
    boolean plainHttp) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_=-]+(/[A-Za-z0-9_=-]+)*");

  ExportTargetSettings {
    require(NAME.matcher(name).matches(), name, "its name");
    if (folder != null) {
      require(folder.isAbsolute(), name, "folder is absolute");
      require(endpoint == null && bucket == null, name, "it is a folder or a bucket");
    } else {
      URI uri = Objects.requireNonNull(endpoint, "r1.billing.exports.targets: folder or endpoint");
      require(
          "https".equals(uri.getScheme()) || (plainHttp && "http".equals(uri.getScheme())),
          name,
          "endpoint is https");
      require(
          uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getQuery() == null
              && uri.getFragment() == null
              && uri.getPath().replace("/", "").isEmpty(),
          name,
          "endpoint is scheme, host and port");
      require(bucket != null && BUCKET.matcher(bucket).matches(), name, "bucket");
      require(region != null && !region.isBlank(), name, "region");
      require(prefix == null || PREFIX.matcher(prefix).matches(), name, "prefix");
      require(credentialsFile != null, name, "credentials-file");
    }
  }

  private static void require(boolean holds, String name, String what) {
    if (!holds) {
      throw new IllegalArgumentException(
          "r1.billing.exports.targets '%s': %s".formatted(name, what));
    }
  }
}
