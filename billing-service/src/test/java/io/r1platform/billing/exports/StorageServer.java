package io.r1platform.billing.exports;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** S3Proxy in a process of its own: speaks S3, checks signatures, keeps objects as files. */
final class StorageServer implements AutoCloseable {
  static final String BUCKET = "r1-exports";
  static final String KEY_ID = "exports-key";
  static final String SECRET = "a-secret-that-no-log-has";
  private static final Path JAR = Path.of("target", "s3proxy", "s3proxy.jar");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final URI endpoint;
  private final Path objects;

  private StorageServer(Process process, URI endpoint, Path objects) {
    this.process = process;
    this.endpoint = endpoint;
    this.objects = objects;
  }

  static StorageServer start(Path directory) throws IOException {
    Path objects = Files.createDirectories(directory.resolve("objects"));
    Files.createDirectories(objects.resolve(BUCKET));
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    Path settings = directory.resolve("s3proxy.properties");
    Files.write(
        settings,
        List.of(
            "s3proxy.endpoint=" + endpoint,
            "s3proxy.authorization=aws-v4",
            "s3proxy.identity=" + KEY_ID,
            "s3proxy.credential=" + SECRET,
            "jclouds.provider=filesystem-nio2",
            "jclouds.identity=none",
            "jclouds.credential=none",
            "jclouds.filesystem.basedir=" + objects));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("s3proxy.log").toFile())
            .start();
    var server = new StorageServer(process, endpoint, objects);
    long begun = System.nanoTime();
    while (!server.answers()) {
      if (!process.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
        server.close();
        throw new IOException(Files.readString(directory.resolve("s3proxy.log")));
      }
    }
    return server;
  }

  URI endpoint() {
    return endpoint;
  }

  /** Billing's settings of its n-th target: this bucket, with a key that may be wrong. */
  List<String> target(int n, String name, String id, String secret) throws IOException {
    Path credentials = objects.resolveSibling("credentials-" + name);
    Files.write(credentials, List.of(id, secret));
    String target = "--r1.billing.exports.targets[" + n + "].";
    return List.of(
        target + "name=" + name,
        target + "endpoint=" + endpoint,
        target + "plain-http=true",
        target + "region=eu-central-1",
        target + "bucket=" + BUCKET,
        target + "credentials-file=" + credentials);
  }

  /** The keys of the bucket, sorted. */
  List<String> keys() throws IOException {
    Path bucket = objects.resolve(BUCKET);
    try (Stream<Path> files = Files.walk(bucket)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> bucket.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  Path object(String key) {
    return objects.resolve(BUCKET).resolve(key);
  }

  /** Its log. */
  String said() {
    try {
      return Files.readString(objects.resolveSibling("s3proxy.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private boolean answers() {
    try {
      HttpURLConnection call = (HttpURLConnection) endpoint.toURL().openConnection();
      return call.getResponseCode() > 0;
    } catch (IOException e) {
      Thread.onSpinWait();
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
