package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class CompletionSettingsTests {
  private static CompletionSettings bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("r1.inference.completions", Bindable.of(CompletionSettings.class));
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(bind(Map.of()))
        .isEqualTo(new CompletionSettings(Duration.ofSeconds(10), 4_194_304, 0));
  }

  @Test
  void everyNameIsTheDocumentedOne() {
    assertThat(
            bind(
                Map.ofEntries(
                    Map.entry("r1.inference.completions.keep-alive", "3s"),
                    Map.entry("r1.inference.completions.body-bytes-max", "9"),
                    Map.entry("r1.inference.completions.connection-threads", "2"))))
        .isEqualTo(new CompletionSettings(Duration.ofSeconds(3), 9, 2));
  }

  @Test
  void fourCoresShareAThreadUnlessOneSaysOtherwise() {
    var derived = new CompletionSettings(Duration.ofSeconds(10), 9, 0);
    assertThat(derived.connectionThreads(1)).isEqualTo(1);
    assertThat(derived.connectionThreads(7)).isEqualTo(1);
    assertThat(derived.connectionThreads(64)).isEqualTo(16);
    var told = new CompletionSettings(Duration.ofSeconds(10), 9, 3);
    assertThat(told.connectionThreads(64)).isEqualTo(3);
  }
}
