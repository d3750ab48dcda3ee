package io.r1platform.api.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTests {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T07:00:00Z"));
  @TempDir private Path directory;

  @Test
  void keepsTheTokenLastReadWhileTheFileIsReplaced() throws IOException {
    Path path = directory.resolve("token");
    Files.writeString(path, "one\ntwo\n");
    var tokens = new TokenFile(path, clock);
    Files.delete(path);
    clock.advance(Duration.ofSeconds(2));
    assertThat(tokens.bearer()).isEqualTo("Bearer one");
    Files.writeString(path, "");
    clock.advance(Duration.ofSeconds(2));
    assertThat(tokens.bearer()).isEqualTo("Bearer one");
    Files.writeString(path, "three\none\n");
    Files.setLastModifiedTime(path, FileTime.from(clock.instant().plusSeconds(60)));
    clock.advance(Duration.ofSeconds(2));
    assertThat(tokens.bearer()).isEqualTo("Bearer three");
  }

  @Test
  void failsAtTheStartWithoutAFile() {
    assertThatThrownBy(() -> new TokenFile(directory.resolve("none"), clock))
        .hasMessageContaining("none");
  }
}
