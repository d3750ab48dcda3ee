package io.r1platform.billing.exports;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Keys below a prefix of a bucket. A PUT is whole or nothing: the storage refuses what does not
 * match its Content-MD5, the one checksum that every such storage knows.
 */
final class S3Target implements Target, AutoCloseable {
  /** Of an object's metadata: what its bytes hash to. */
  private static final String SHA256 = "sha256";

  /** A part of the most bytes at 12 Mbit/s. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final S3Client client;
  private final URI endpoint;
  private final String bucket;
  private final String prefix;
  private final Path drafts;

  private S3Target(S3Client client, URI endpoint, String bucket, String prefix, Path drafts) {
    this.client = client;
    this.endpoint = endpoint;
    this.bucket = bucket;
    this.prefix = prefix;
    this.drafts = drafts;
  }

  /**
   * Opens it.
   *
   * @param place below the target's own prefix
   * @param drafts a local directory
   */
  static S3Target open(ExportTargetSettings settings, String place, Path drafts)
      throws IOException {
    URI endpoint = Objects.requireNonNull(settings.endpoint());
    S3Client client =
        S3Client.builder()
            .endpointOverride(endpoint)
            .overrideConfiguration(calls -> calls.apiCallTimeout(PATIENCE))
            .region(Region.of(Objects.requireNonNull(settings.region())))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    credentials(Objects.requireNonNull(settings.credentialsFile()))))
            .forcePathStyle(true)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    String prefix = settings.prefix() == null ? "" : settings.prefix() + "/";
    return new S3Target(
        client, endpoint, Objects.requireNonNull(settings.bucket()), prefix + place + "/", drafts);
  }

  @Override
  public String key() {
    return endpoint.resolve("/" + bucket + "/" + prefix).toString();
  }

  @Override
  public Path drafts() throws IOException {
    return Files.createDirectories(drafts);
  }

  @Override
  public void put(String name, Path draft) throws IOException {
    String md5 = Base64.getEncoder().encodeToString(Hashes.md5(draft));
    Map<String, String> metadata = Map.of(SHA256, Hashes.sha256(draft));
    ask(
        () ->
            client.putObject(
                to -> to.bucket(bucket).key(prefix + name).contentMD5(md5).metadata(metadata),
                RequestBody.fromFile(draft)));
    Files.delete(draft);
  }

  @Override
  public void remove(String name) throws IOException {
    ask(() -> client.deleteObject(from -> from.bucket(bucket).key(prefix + name)));
  }

  @Override
  public boolean has(Part part) throws IOException {
    try {
      HeadObjectResponse found =
          ask(() -> client.headObject(of -> of.bucket(bucket).key(prefix + part.file())));
      return Objects.equals(found.contentLength(), part.bytes())
          && part.sha256().equals(found.metadata().get(SHA256));
    } catch (IOException e) {
      if (e.getCause() instanceof NoSuchKeyException) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void removeOthers(String dataset, Set<String> names) throws IOException {
    List<String> found =
        ask(
            () ->
                client
                    .listObjectsV2Paginator(of -> of.bucket(bucket).prefix(prefix + dataset + "-"))
                    .contents()
                    .stream()
                    .map(S3Object::key)
                    .map(key -> key.substring(prefix.length()))
                    .filter(name -> name.matches(dataset + "-[0-9]{5}\\.[a-z.]+"))
                    .toList());
    for (String name : found) {
      if (!names.contains(name)) {
        remove(name);
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private interface Question<T> {
    T ask() throws SdkException;
  }

  private static <T> T ask(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (SdkException e) {
      throw new IOException("The storage refused: " + e.getMessage(), e);
    }
  }

  private static AwsBasicCredentials credentials(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 2) {
      throw new IOException(file + " is not of two lines: the access key's id and its secret.");
    }
    return AwsBasicCredentials.create(lines.get(0).strip(), lines.get(1).strip());
  }
}
