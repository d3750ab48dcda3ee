package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ConsoleSettingsTests {
  @Test
  void nameAndDefaultStay() {
    assertThat(bind(Map.of()).location().getDescription())
        .isEqualTo("class path resource [console/]");
    assertThat(bind(Map.of("r1.api.console.location", "file:/x/")).location().getDescription())
        .isEqualTo("URL [file:/x/]");
  }

  private static ConsoleSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("r1.api.console", ConsoleSettings.class);
  }
}
