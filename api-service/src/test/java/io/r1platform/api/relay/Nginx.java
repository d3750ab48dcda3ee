package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** nginx before a gateway, with the location block of {@code deploy/nginx}. */
final class Nginx implements AutoCloseable {
  private static final String MISSING = "skipped: nginx not found";
  private static final Path LOCATION =
      Path.of("../deploy/nginx/r1-location.conf").toAbsolutePath().normalize();

  private final Process process;
  private final URI url;

  private Nginx(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** Skips the test where there is no nginx; fails it where {@code R1_REQUIRE_NGINX} is 1. */
  static Path require() {
    var found =
        Stream.of(System.getenv("PATH").split(":", -1), new String[] {"/usr/sbin"})
            .flatMap(Stream::of)
            .map(directory -> Path.of(directory, "nginx"))
            .filter(Files::isExecutable)
            .findFirst();
    if (found.isEmpty()) {
      assertThat(System.getenv("R1_REQUIRE_NGINX")).as(MISSING).isNotEqualTo("1");
      Assumptions.abort(MISSING);
    }
    return found.orElseThrow();
  }

  /** Starts it in a fresh directory; returns when it listens. */
  static Nginx before(URI gateway) {
    Path program = require();
    try {
      Path home = Files.createTempDirectory("r1-nginx");
      int port = freePort();
      Path settings = Files.writeString(home.resolve("nginx.conf"), settings(home, gateway, port));
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "-p",
                  home.toString(),
                  "-c",
                  settings.toString(),
                  "-e",
                  home.resolve("error.log").toString())
              .inheritIO()
              .start();
      Await.until("nginx listens", () -> listens(port));
      return new Nginx(process, URI.create("http://127.0.0.1:" + port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String settings(Path home, URI gateway, int port) {
    return """
    daemon off;
    pid nginx.pid;
    worker_processes 1;
    events {}
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      upstream r1_api {
        server %2$s;
        keepalive 64;
      }
      server {
        listen 127.0.0.1:%3$d;
        include %4$s;
      }
    }
    """
        .formatted(home, gateway.getAuthority(), port, LOCATION);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  URI url() {
    return url;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
