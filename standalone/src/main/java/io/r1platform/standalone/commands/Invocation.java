package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.models.ModelRegistry;
import io.r1platform.standalone.supervisor.Operator;
import io.r1platform.standalone.supervisor.SupervisorProcess;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * Where and with what a command was called.
 *
 * @param root the checkout
 * @param home the state directory
 * @param environment the caller's variables
 * @param clock the time
 */
public record Invocation(Path root, Home home, Map<String, String> environment, Clock clock) {
  /** Takes the state directory from R1_HOME, else {@code .r1} in the checkout. */
  public static Invocation of(Path root, Map<String, String> environment, Clock clock) {
    String moved = environment.getOrDefault("R1_HOME", "");
    Path home = moved.isBlank() ? root.resolve(".r1") : Path.of(moved);
    return new Invocation(root, new Home(home), Map.copyOf(environment), clock);
  }

  ModelRegistry models() {
    return new ModelRegistry(home, root);
  }

  Secrets secrets() {
    return new Secrets(home);
  }

  SupervisorProcess supervisor() {
    return new SupervisorProcess(home);
  }

  /** The ports of what runs; fails if nothing does. */
  Ports runningPorts() {
    if (supervisor().running().isEmpty()) {
      throw new IllegalStateException("R1 Platform does not run here; ./r1 up starts it");
    }
    return Instance.load(home)
        .orElseThrow(
            () -> new IllegalStateException("unknown ports; ./r1 down, then ./r1 up starts anew"))
        .ports();
  }

  /** The admin API of what runs. */
  AdminApi adminApi() {
    return AdminApi.login(
        runningPorts().url(Ports.Name.API),
        Operator.EMAIL,
        secrets().value(Operator.PASSWORD_SECRET));
  }
}
