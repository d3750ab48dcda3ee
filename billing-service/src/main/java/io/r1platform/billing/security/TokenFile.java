package io.r1platform.billing.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens a file names now. The file is looked at once a second at most and read when its time
 * has changed; while it cannot be read, the tokens last read go on to hold.
 */
final class TokenFile {
  private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final int TOKEN_BYTES = 32;
  private static final int MOST_TOKENS = 2;

  private record Read(Instant lookedAt, FileTime modifiedAt, List<byte[]> tokens) {}

  private final Path path;
  private final Clock clock;
  private volatile Read last;

  TokenFile(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
    try {
      this.last = read();
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("Cannot read the token file " + path + ": " + e, e);
    }
  }

  boolean accepts(String token) {
    refresh();
    byte[] sent = token.getBytes(StandardCharsets.UTF_8);
    boolean found = false;
    for (byte[] known : last.tokens) {
      found |= MessageDigest.isEqual(known, sent);
    }
    return found;
  }

  private void refresh() {
    Read before = last;
    if (clock.instant().isBefore(before.lookedAt.plus(LOOK_EVERY))) {
      return;
    }
    try {
      boolean changed = !Files.getLastModifiedTime(path).equals(before.modifiedAt);
      last = changed ? read() : new Read(clock.instant(), before.modifiedAt, before.tokens);
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("Cannot read the token file {}; the tokens last read still hold", path, e);
      last = new Read(clock.instant(), before.modifiedAt, before.tokens);
    }
  }

  private Read read() throws IOException {
    var modifiedAt = Files.getLastModifiedTime(path);
    var lines = Files.readAllLines(path).stream().map(String::strip).filter(l -> !l.isEmpty());
    List<byte[]> tokens = lines.map(TokenFile::token).toList();
    if (tokens.isEmpty() || tokens.size() > MOST_TOKENS) {
      throw new IllegalArgumentException("it must hold 1 or 2 tokens, not " + tokens.size());
    }
    return new Read(clock.instant(), modifiedAt, tokens);
  }

  private static byte[] token(String line) {
    if (Base64.getUrlDecoder().decode(line).length != TOKEN_BYTES) {
      throw new IllegalArgumentException("a token must be 32 bytes in base64url");
    }
    return line.getBytes(StandardCharsets.UTF_8);
  }
}
