package io.r1platform.inference.security;

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

final class TokenFileTests {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T00:00:00Z"));

  private static Path write(Path file, String text, int modifiedSecond) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(modifiedSecond)));
    return file;
  }

  @Test
  void bothTokensOpenAndTheFirstIsSent(@TempDir Path directory) throws IOException {
    var tokens = new TokenFile(write(directory.resolve("t"), "one\ntwo\n", 1), clock);

    assertThat(tokens.accepts("one")).isTrue();
    assertThat(tokens.accepts("two")).isTrue();
    assertThat(tokens.accepts("tw")).isFalse();
    assertThat(tokens.accepts("")).isFalse();
    assertThat(tokens.first()).isEqualTo("one");
  }

  @Test
  void aChangedFileCountsWithinASecond(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("t");
    var tokens = new TokenFile(write(file, "old\n", 1), clock);
    write(file, "new\n", 2);

    assertThat(tokens.accepts("old")).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(tokens.accepts("old")).isFalse();
    assertThat(tokens.accepts("new")).isTrue();
  }

  @Test
  void aVanishedFileLeavesTheLastTokens(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("t");
    var tokens = new TokenFile(write(file, "old\n", 1), clock);
    Files.delete(file);
    clock.advance(Duration.ofSeconds(5));

    assertThat(tokens.accepts("old")).isTrue();
  }

  @Test
  void aFileThatIsBeingWrittenLeavesTheLastTokens(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("t");
    var tokens = new TokenFile(write(file, "old\n", 1), clock);
    write(file, "", 2);
    clock.advance(Duration.ofSeconds(5));

    assertThat(tokens.first()).isEqualTo("old");
    write(file, "new\n", 3);
    clock.advance(Duration.ofSeconds(5));
    assertThat(tokens.first()).isEqualTo("new");
  }

  @Test
  void noFileOrTooManyTokensFailAtTheStart(@TempDir Path directory) throws IOException {
    Path crowded = write(directory.resolve("t"), "a\nb\nc\n", 1);

    assertThatThrownBy(() -> new TokenFile(directory.resolve("none"), clock))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> new TokenFile(crowded, clock))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("holds 3");
  }
}
