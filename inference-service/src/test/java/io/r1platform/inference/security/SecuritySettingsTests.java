package io.r1platform.inference.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class SecuritySettingsTests {
  private static SecuritySettings bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("r1.inference.security", Bindable.of(SecuritySettings.class));
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(bind(Map.of("r1.inference.security.token-file", "t")))
        .isEqualTo(new SecuritySettings(Path.of("t")));
  }

  @Test
  void everyNameIsTheDocumentedOne() {
    assertThat(bind(Map.ofEntries(Map.entry("r1.inference.security.token-file", "u"))))
        .isEqualTo(new SecuritySettings(Path.of("u")));
  }
}
