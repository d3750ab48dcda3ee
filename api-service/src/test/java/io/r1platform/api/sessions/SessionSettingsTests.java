package io.r1platform.api.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SessionSettingsTests {
  @Test
  void namesAndDefaultsOfSessionsStay() {
    assertThat(sessions(Map.of()))
        .isEqualTo(
            new SessionSettings(
                Duration.ofMinutes(30), Duration.ofHours(12), Duration.ofMinutes(1), 10_000));
    assertThat(
            sessions(
                Map.of(
                    "r1.api.sessions.idle-limit", "1m",
                    "r1.api.sessions.lifetime", "2m",
                    "r1.api.sessions.sweep-interval", "3m",
                    "r1.api.sessions.anonymous-limit", "4")))
        .isEqualTo(
            new SessionSettings(
                Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(3), 4));
  }

  @Test
  void namesAndDefaultsOfTheOperatorStay() {
    assertThat(operator(Map.of()))
        .isEqualTo(
            new OperatorSettings(
                "operator@localhost", null, true, Duration.ofMinutes(15), 5, 20, 50));
    assertThat(
            operator(
                Map.of(
                    "r1.api.operator.email", "a@b",
                    "r1.api.operator.password-file", "file",
                    "r1.api.operator.password-login", "false",
                    "r1.api.operator.attempt-window", "1m",
                    "r1.api.operator.attempts", "2",
                    "r1.api.operator.attempts-per-address", "3",
                    "r1.api.operator.attempts-per-email", "4")))
        .isEqualTo(
            new OperatorSettings("a@b", Path.of("file"), false, Duration.ofMinutes(1), 2, 3, 4));
  }

  @Test
  void settingsThatLetEverybodyInAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OperatorSettings("a@b", null, true, Duration.ofMinutes(1), 0, 3, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SessionSettings(Duration.ZERO, Duration.ofHours(1), Duration.ofMinutes(1), 1));
  }

  private static SessionSettings sessions(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("r1.api.sessions", SessionSettings.class);
  }

  private static OperatorSettings operator(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("r1.api.operator", OperatorSettings.class);
  }
}
