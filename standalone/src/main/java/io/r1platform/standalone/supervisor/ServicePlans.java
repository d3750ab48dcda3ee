package io.r1platform.standalone.supervisor;

import static java.util.Map.entry;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.models.ModelRegistry;
import io.r1platform.standalone.models.ModelRegistry.Served;
import io.r1platform.standalone.postgres.SuperuserDatabase;
import io.r1platform.standalone.processes.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * How the three services run here: the jars of production, told by their own settings where
 * everything is. Settings go by one environment variable, so that no password is on a command line.
 */
final class ServicePlans {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** How long a service may take to end: a drain, then each part's own stop. */
  static final Duration PATIENCE = Duration.ofSeconds(75);

  private static final String GATEWAY_TOKEN = "gateway-token";
  private static final String ENGINE_TOKEN = "engine-token";
  private static final String ANSWERS_KEY = "answers-key";
  private static final String LOG_KEY = "log-key";
  private static final String LOG_NAME = "log-name"; // no two installations' logs have one name

  private final Home home;
  private final Instance instance;
  private final Secrets secrets;
  private final Probe probe;

  ServicePlans(Home home, Instance instance, Secrets secrets) {
    this.home = home;
    this.instance = instance;
    this.secrets = secrets;
    this.probe = new Probe(instance.ports());
  }

  /** How to run one service from its unpacked jar. */
  Plan plan(Part part, UnpackedJar jar) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(home.marker());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+AutoCreateSharedArchive",
            "-XX:SharedArchiveFile=" + jar.archive(),
            "--enable-native-access=ALL-UNNAMED"));
    if (part != Part.API) {
      command.add("-XX:TieredStopAtLevel=1"); // PostgreSQL and the engine do the work of these two
    }
    command.add("-jar");
    command.add(jar.jar().toString());
    return new Plan(
        part.service(),
        command,
        () -> environment(part),
        home.log(part.service()),
        home.marker(),
        () -> probe.isReady(part),
        () -> {},
        ProcessHandle::destroy,
        PATIENCE);
  }

  private Map<String, String> environment(Part part) {
    var environment = new LinkedHashMap<String, String>();
    environment.put("SPRING_APPLICATION_JSON", JSON.writeValueAsString(settings(part)));
    if (part == Part.INFERENCE) {
      environment.put("MALLOC_ARENA_MAX", "2"); // docs/models.md: or it grows as models come and go
    }
    return environment;
  }

  private Map<String, Object> settings(Part part) {
    Ports ports = instance.ports();
    String role = "r1_" + part.schema();
    var settings = new LinkedHashMap<String, Object>();
    settings.put("server.port", ports.of(part.port()));
    settings.put("management.server.port", ports.of(part.managementPort()));
    settings.put("spring.datasource.url", ports.databaseUrl());
    settings.put("spring.datasource.username", role);
    settings.put("spring.datasource.password", password(role));
    settings.put("spring.flyway.user", role + "_owner");
    settings.put("spring.flyway.password", password(role + "_owner"));
    settings.putAll(
        switch (part) {
          case API -> apiSettings(ports);
          case INFERENCE -> inferenceSettings(ports);
          case BILLING -> billingSettings();
        });
    settings.putAll(ownSettings(home.settings(part.service())));
    return settings;
  }

  /** What the operator wants otherwise: a JSON object of Spring settings, by their full names. */
  private static Map<String, Object> ownSettings(Path file) {
    if (!Files.exists(file)) {
      return Map.of();
    }
    try {
      var own = JSON.readValue(file, new TypeReference<Map<String, Object>>() {});
      for (Object value : own.values()) {
        if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
          throw new IllegalStateException(file + ": each setting is a text, number or boolean");
        }
      }
      return own;
    } catch (JacksonException e) {
      throw new IllegalStateException(
          file + " is not a JSON object of settings: " + e.getOriginalMessage(), e);
    }
  }

  private Map<String, String> apiSettings(Ports ports) {
    return Map.ofEntries(
        entry("r1.api.upstreams.inference-url", ports.url(Ports.Name.INFERENCE)),
        entry("r1.api.upstreams.token-file", file(Part.INFERENCE_TOKEN)),
        entry("r1.api.billing.url", ports.url(Ports.Name.BILLING)),
        entry("r1.api.billing.token-file", file(GATEWAY_TOKEN)),
        entry("r1.api.idempotency.key-file", file(ANSWERS_KEY)),
        entry("r1.api.relay.drain-wait", "15s"), // `./r1 down` is no rolling update
        entry("r1.api.operator.email", Operator.EMAIL),
        entry("r1.api.operator.password-file", file(Operator.PASSWORD_SECRET)));
  }

  private Map<String, String> inferenceSettings(Ports ports) {
    var settings = new LinkedHashMap<String, String>();
    List<Served> served = new ModelRegistry(home, instance.root()).served();
    for (int i = 0; i < served.size(); i++) {
      Served model = served.get(i);
      String prefix = "r1.inference.models[" + i + "].";
      settings.put(prefix + "path", model.path().toString());
      settings.put(prefix + "name", model.name());
      settings.put(prefix + "model-id", Integer.toString(model.modelId()));
      settings.put(prefix + "context-tokens", Integer.toString(model.contextTokens()));
    }
    if (served.getFirst().tensorRt()) {
      settings.put("r1.inference.generation.backend", "trtllm");
    }
    settings.putAll(engineSettings(ports));
    return settings;
  }

  private Map<String, String> engineSettings(Ports ports) {
    return Map.ofEntries(
        entry("r1.inference.security.token-file", file(Part.INFERENCE_TOKEN)),
        entry("r1.inference.receipts.billing-url", ports.url(Ports.Name.BILLING)),
        entry("r1.inference.receipts.billing-token-file", file(ENGINE_TOKEN)));
  }

  private Map<String, String> billingSettings() {
    return Map.of(
        "r1.billing.security.gateway-token-file", file(GATEWAY_TOKEN),
        "r1.billing.security.engine-token-file", file(ENGINE_TOKEN),
        "r1.billing.log.key-file", file(LOG_KEY),
        "r1.billing.log.checkpoint-file", file(LOG_KEY) + ".checkpoint",
        "r1.billing.log.origin", "localhost/" + secrets.value(LOG_NAME),
        "r1.billing.exports.directory", home.exports().toString());
  }

  private String file(String secret) {
    return secrets.file(secret).toString();
  }

  private String password(String role) {
    return secrets.value(SuperuserDatabase.secretOf(role));
  }
}
