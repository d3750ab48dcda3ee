package io.r1platform.api.credentials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with one or two bearer tokens, a line each; the first is shown to the callee. It is read
 * again when it changes, looked at once a second at most. A missing or empty file fails at the
 * start; later, while the file is being replaced, the token last read goes on to hold.
 */
public final class TokenFile {
  private static final Logger log = LoggerFactory.getLogger(TokenFile.class);
  private static final long LOOK_EVERY_MILLIS = 1_000;

  private final Path path;
  private final Clock clock;
  private Token token;

  private record Token(String first, FileTime modifiedAt, long lookedAtMillis) {}

  /** Reads the file. */
  public TokenFile(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
    this.token = read(path, clock.millis());
  }

  /** Value of the Authorization header. */
  public synchronized String bearer() {
    long now = clock.millis();
    if (now - token.lookedAtMillis >= LOOK_EVERY_MILLIS) {
      token = look(now);
    }
    return "Bearer " + token.first;
  }

  private Token look(long now) {
    var same = new Token(token.first, token.modifiedAt, now);
    try {
      return modifiedAt(path).equals(token.modifiedAt) ? same : read(path, now);
    } catch (UncheckedIOException | IllegalStateException e) {
      log.warn("the token last read still holds: {}", e.getMessage());
      return same;
    }
  }

  private static Token read(Path path, long now) {
    try {
      FileTime modifiedAt = modifiedAt(path);
      List<String> lines = Files.readAllLines(path).stream().filter(l -> !l.isBlank()).toList();
      if (lines.isEmpty()) {
        throw new IllegalStateException("the token file " + path + " is empty");
      }
      return new Token(lines.getFirst().strip(), modifiedAt, now);
    } catch (IOException e) {
      throw new UncheckedIOException("the token file " + path + " cannot be read", e);
    }
  }

  private static FileTime modifiedAt(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      throw new UncheckedIOException("the token file " + path + " cannot be read", e);
    }
  }
}
