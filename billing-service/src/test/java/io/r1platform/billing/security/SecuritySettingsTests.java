package io.r1platform.billing.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SecuritySettingsTests {
  @Test
  void namesArePinned() {
    var source =
        new MapConfigurationPropertySource(
            Map.of(
                "r1.billing.security.gateway-token-file", "gateway",
                "r1.billing.security.engine-token-file", "engine"));
    assertThat(new Binder(source).bind("r1.billing.security", SecuritySettings.class).get())
        .isEqualTo(new SecuritySettings(Path.of("gateway"), Path.of("engine")));
  }
}
