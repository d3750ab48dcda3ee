package io.r1platform.billing.exports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes, as manifests have them. */
final class Hashes {
  private static final int BUFFER = 1 << 16;

  private Hashes() {}

  static MessageDigest digest() {
    return digest("SHA-256");
  }

  static String sha256(Path file) throws IOException {
    return hex(read(file, digest()));
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Against slips on the way, for storage that asks for it; proves nothing. */
  static byte[] md5(Path file) throws IOException {
    return read(file, digest("MD5")).digest();
  }

  private static MessageDigest read(Path file, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (var in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return digest;
  }

  private static MessageDigest digest(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
