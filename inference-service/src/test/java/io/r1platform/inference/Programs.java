package io.r1platform.inference;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs that a measurement runs; what they print goes to {@code target/NAME.log}. */
final class Programs {
  private static final Path LOGS = Path.of("target").toAbsolutePath();

  private Programs() {}

  /** Runs it to its end. */
  static void run(String name, Path directory, List<String> command)
      throws IOException, InterruptedException {
    if (start(name, directory, command).waitFor() != 0) {
      throw new IllegalStateException(command + " failed; see " + log(name));
    }
  }

  static Process start(String name, Path directory, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(Files.createDirectories(LOGS).resolve(name + ".log").toFile())
        .start();
  }

  /** Starts a server and waits until this address answers 200. */
  static Process serve(
      String name, Path directory, List<String> command, HttpClient http, URI ready)
      throws IOException {
    Process process = start(name, directory, command);
    Await.until(
        name + " is ready",
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended; see " + log(name));
          }
          return answers(http, ready);
        });
    return process;
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  static void end(Process process) {
    process.destroy();
    process.onExit().join();
  }

  private static Path log(String name) {
    return LOGS.resolve(name + ".log");
  }

  private static boolean answers(HttpClient http, URI ready) throws InterruptedException {
    try {
      return http.send(
                  HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }
}
