package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SecuritySettingsTests {
  @Test
  void namesAndDefaultsStay() {
    assertThat(bind(Map.of())).isEqualTo(new SecuritySettings(List.of(), List.of()));
    assertThat(
            bind(
                Map.of(
                    "r1.api.security.origins",
                    "https://r1.example,http://[::1]:99",
                    "r1.api.security.trusted-proxies",
                    "10.0.0.0/8,::1")))
        .isEqualTo(
            new SecuritySettings(
                List.of("https://r1.example", "http://[::1]:99"), List.of("10.0.0.0/8", "::1")));
  }

  @Test
  void whatIsNoOriginIsRefused() {
    for (String wrong : List.of("*", "null", "https://r1.example/", "r1.example")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SecuritySettings(List.of(wrong), List.of()));
    }
  }

  @Test
  void whatIsNoNetworkIsRefused() {
    for (String wrong : List.of("*", "proxy.example", "10.0.0.0/33", "10.0.0.0/x", "")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SecuritySettings(List.of(), List.of(wrong)));
    }
  }

  private static SecuritySettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("r1.api.security", SecuritySettings.class);
  }
}
