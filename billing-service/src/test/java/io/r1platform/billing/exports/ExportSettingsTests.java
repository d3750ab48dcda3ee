package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ExportSettingsTests {
  private static final String PREFIX = "r1.billing.exports.";
  private static final String TARGET = PREFIX + "targets[0].";

  @Test
  void namesAndDefaultsArePinned() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new ExportSettings(
                4, 4, 2, 1_000_000, 256, null, Duration.ofDays(7), 20, 100, List.of()));
    assertThat(
            bind(
                Map.ofEntries(
                    Map.entry(PREFIX + "concurrent", "3"),
                    Map.entry(PREFIX + "per-organization", "2"),
                    Map.entry(PREFIX + "per-organization-keys", "1"),
                    Map.entry(PREFIX + "part-rows", "7"),
                    Map.entry(PREFIX + "child-memory-mib", "99"),
                    Map.entry(PREFIX + "directory", "/var/exports"),
                    Map.entry(PREFIX + "keep", "1h"),
                    Map.entry(PREFIX + "kept-per-organization", "5"),
                    Map.entry(PREFIX + "schedules", "6"),
                    Map.entry(TARGET + "name", "share"),
                    Map.entry(TARGET + "folder", "/mnt/share"))))
        .isEqualTo(
            new ExportSettings(
                3,
                2,
                1,
                7,
                99,
                Path.of("/var/exports"),
                Duration.ofHours(1),
                5,
                6,
                List.of(
                    new ExportTargetSettings(
                        "share", Path.of("/mnt/share"), null, null, null, null, null, false))));
  }

  @Test
  void aBucketIsCheckedBeforeAnythingIsSent() {
    Map<String, String> good =
        Map.of(
            TARGET + "name", "finance",
            TARGET + "endpoint", "https://storage.example.org:9000",
            TARGET + "region", "eu-central-1",
            TARGET + "bucket", "r1-exports",
            TARGET + "prefix", "finance/r1",
            TARGET + "credentials-file", "/run/secrets/s3");
    assertThat(bind(good).targets()).hasSize(1);
    for (String endpoint :
        List.of(
            "http://storage.example.org",
            "https://me:secret@storage.example.org",
            "https://storage.example.org/bucket",
            "https://storage.example.org?x=1",
            "file:///etc")) {
      refused(good, "endpoint", endpoint);
    }
    refused(good, "bucket", "../other");
    refused(good, "prefix", "a/../b");
    refused(good, "name", "Finance");
    var both = new HashMap<>(good);
    both.put(TARGET + "folder", "/mnt");
    assertThatThrownBy(() -> bind(both)).rootCause().hasMessageContaining("a folder or a bucket");
  }

  private static void refused(Map<String, String> good, String member, String value) {
    var wrong = new HashMap<>(good);
    wrong.put(TARGET + member, value);
    assertThatThrownBy(() -> bind(wrong)).as(value).rootCause().hasMessageContaining("targets");
  }

  private static ExportSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate(PREFIX.substring(0, PREFIX.length() - 1), ExportSettings.class);
  }
}
