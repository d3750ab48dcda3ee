package io.r1platform.inference.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One or two tokens, a line each, read again when the file changed; looked at once a second at
 * most. While the file is being replaced, missing or not whole, the last tokens stay. Safe for many
 * threads.
 */
public final class TokenFile {
  private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private final Path path;
  private final Clock clock;
  private volatile Tokens tokens;

  private record Tokens(List<byte[]> lines, FileTime modified, Instant looked) {}

  /**
   * Reads the file.
   *
   * @throws IllegalStateException if it is missing or holds no or more than two tokens
   */
  public TokenFile(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
    try {
      this.tokens = read(clock.instant());
    } catch (IOException e) {
      throw new IllegalStateException("The token file " + path + " cannot be read", e);
    }
  }

  /** Whether the token is one of the file's; takes the same time for every wrong token. */
  public boolean accepts(String token) {
    byte[] given = token.getBytes(StandardCharsets.UTF_8);
    boolean found = false;
    for (byte[] line : current().lines()) {
      found |= MessageDigest.isEqual(line, given);
    }
    return found;
  }

  /** The token that a caller sends: the first line. */
  public String first() {
    return new String(current().lines().getFirst(), StandardCharsets.UTF_8);
  }

  private Tokens current() {
    Tokens known = tokens;
    Instant now = clock.instant();
    if (now.isBefore(known.looked().plus(LOOK_INTERVAL))) {
      return known;
    }
    var same = new Tokens(known.lines(), known.modified(), now);
    try {
      tokens = Files.getLastModifiedTime(path).equals(known.modified()) ? same : read(now);
    } catch (IOException | IllegalStateException e) {
      LOG.warn("The tokens last read still hold: {}", e.toString());
      tokens = same;
    }
    return tokens;
  }

  private Tokens read(Instant now) throws IOException {
    FileTime modified = Files.getLastModifiedTime(path);
    List<byte[]> lines =
        Files.readAllLines(path).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .toList();
    if (lines.isEmpty() || lines.size() > 2) {
      throw new IllegalStateException(
          "The token file %s must hold one or two tokens, holds %d".formatted(path, lines.size()));
    }
    return new Tokens(lines, modified, now);
  }
}
