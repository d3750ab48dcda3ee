package io.r1platform.inference;

import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** This service in a process of its own, so that what is measured of it is its own. */
final class ServiceProcess implements AutoCloseable {
  private final HttpClient http;
  private final BillingFake billing;
  private final URI address;
  private final Process process;

  private ServiceProcess(HttpClient http, BillingFake billing, URI address, Process process) {
    this.http = http;
    this.billing = billing;
    this.address = address;
    this.process = process;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param java options of the JVM, its class path included
   */
  static ServiceProcess start(
      HttpClient http, Path directory, List<String> java, Map<String, String> settings)
      throws IOException {
    var billing = new BillingFake();
    int port = Programs.freePort();
    Path tokens = Files.writeString(directory.resolve("tokens"), RunningService.TOKEN + "\n");
    var command = new ArrayList<String>(List.of("env", "MALLOC_ARENA_MAX=2")); // as it is deployed
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dr1.native.dir=" + Path.of("target/native-cache").toAbsolutePath());
    command.addAll(java);
    command.add(InferenceService.class.getName());
    command.add("--server.port=" + port);
    command.add("--management.server.port=" + Programs.freePort());
    command.add("--r1.inference.security.token-file=" + tokens);
    command.add("--r1.inference.receipts.billing-token-file=" + tokens);
    command.add("--r1.inference.receipts.billing-url=" + billing.uri());
    TestDatabase.create()
        .springProperties("inference")
        .forEach((name, value) -> command.add("--" + name + "=" + value));
    settings.forEach((name, value) -> command.add("--" + name + "=" + value));
    URI address = URI.create("http://127.0.0.1:" + port);
    Process process =
        Programs.serve("service", Path.of("."), command, http, address.resolve("/readyz"));
    return new ServiceProcess(http, billing, address, process);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path))
        .header("Authorization", "Bearer " + RunningService.TOKEN)
        .header("Content-Type", "application/json");
  }

  /** Of no tenant, so that it shares no computed prompt. */
  HttpRequest chat(UUID id, String body) {
    return request("/v1/chat/completions")
        .header("x-r1-request-id", id.toString())
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  BillingFake billing() {
    return billing;
  }

  /** What it holds in memory. */
  long residentKib() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    Programs.end(process);
    billing.close();
  }
}
