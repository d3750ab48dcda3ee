package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Ports;
import java.nio.file.Path;
import java.util.List;

/** The three services, in the order in which they become ready. */
public enum Part {
  /** Usage, prices, ledger. */
  BILLING("billing", Ports.Name.BILLING, Ports.Name.BILLING_MANAGEMENT),
  /** The engine. */
  INFERENCE("inference", Ports.Name.INFERENCE, Ports.Name.INFERENCE_MANAGEMENT),
  /** The public edge and the console. */
  API("api", Ports.Name.API, Ports.Name.API_MANAGEMENT);

  /** The name of PostgreSQL among the parts. */
  public static final String POSTGRES = "postgres";

  /** The supervisor's own name among the parts. */
  public static final String SUPERVISOR = "supervisor";

  /** The secret that opens inference-service. */
  public static final String INFERENCE_TOKEN = "inference-token";

  private final String word;
  private final Ports.Name port;
  private final Ports.Name managementPort;

  Part(String word, Ports.Name port, Ports.Name managementPort) {
    this.word = word;
    this.port = port;
    this.managementPort = managementPort;
  }

  /** For instance {@code api}: its schema, and part of its roles' names. */
  public String schema() {
    return word;
  }

  /** For instance {@code api-service}: module, log and process. */
  public String service() {
    return word + "-service";
  }

  /** Where it serves. */
  public Ports.Name port() {
    return port;
  }

  /** Where it tells its health. */
  public Ports.Name managementPort() {
    return managementPort;
  }

  /** The executable jar that Maven makes. */
  public Path jar(Path root) {
    return root.resolve(service())
        .resolve("target")
        .resolve(service() + "-0.1.0-SNAPSHOT-exec.jar");
  }

  /** Everything that has a log and may be running. */
  public static List<String> everyName() {
    return List.of(API.service(), INFERENCE.service(), BILLING.service(), POSTGRES, SUPERVISOR);
  }
}
