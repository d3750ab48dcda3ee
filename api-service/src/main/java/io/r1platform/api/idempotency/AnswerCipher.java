package io.r1platform.api.idempotency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Encrypts what tenants wrote and what they were answered with AES-256-GCM. What names the row is
 * authenticated with the bytes, so what stands in another row is nothing. Something sealed is a
 * version byte, four bytes that name the secret, a random nonce of 12 bytes, and the ciphertext
 * with its tag of 16.
 */
@Component
public final class AnswerCipher {
  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final byte VERSION = 1;
  private static final int NAME_BYTES = 4;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int LEAST_SECRET = 32;

  private final List<Secret> secrets;
  private final SecureRandom random = new SecureRandom();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Secret(byte[] name, SecretKeySpec key) {
    static Secret of(String text) {
      byte[] hash = Hashes.sha256(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      byte[] name = Arrays.copyOf(Hashes.sha256(ByteBuffer.wrap(hash)), NAME_BYTES);
      return new Secret(name, new SecretKeySpec(hash, "AES"));
    }
  }

  AnswerCipher(IdempotencySettings settings) {
    this.secrets = read(settings.keyFile());
  }

  private static List<Secret> read(Path file) {
    try {
      List<String> lines =
          Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty()).toList();
      if (lines.isEmpty() || lines.stream().anyMatch(line -> line.length() < LEAST_SECRET)) {
        throw new IllegalStateException(
            "r1.api.idempotency.key-file %s: each line has at least %d characters"
                .formatted(file, LEAST_SECRET));
      }
      return lines.stream().map(Secret::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("r1.api.idempotency.key-file " + file + " cannot be read", e);
    }
  }

  byte[] seal(byte[] plain, KeyedRequest request, UUID eventId) {
    return seal(plain, row(request, eventId));
  }

  Optional<byte[]> open(byte[] stored, KeyedRequest request, UUID eventId) {
    return open(stored, row(request, eventId));
  }

  /**
   * Encrypts with the first secret.
   *
   * @param row names the row that it is for, unlike any row of another table
   */
  public byte[] seal(byte[] plain, String row) {
    Secret secret = secrets.getFirst();
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, secret, nonce, row).doFinal(plain);
      return ByteBuffer.allocate(1 + NAME_BYTES + NONCE_BYTES + sealed.length)
          .put(VERSION)
          .put(secret.name)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** The plain bytes; empty if they were sealed for another row or with a secret that is gone. */
  public Optional<byte[]> open(byte[] stored, String row) {
    if (stored.length < 1 + NAME_BYTES + NONCE_BYTES || stored[0] != VERSION) {
      return Optional.empty();
    }
    byte[] name = Arrays.copyOfRange(stored, 1, 1 + NAME_BYTES);
    byte[] nonce = Arrays.copyOfRange(stored, 1 + NAME_BYTES, 1 + NAME_BYTES + NONCE_BYTES);
    int from = 1 + NAME_BYTES + NONCE_BYTES;
    for (Secret secret : secrets) {
      if (Arrays.equals(secret.name, name)) {
        try {
          return Optional.of(
              cipher(Cipher.DECRYPT_MODE, secret, nonce, row)
                  .doFinal(stored, from, stored.length - from));
        } catch (GeneralSecurityException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /**
   * What stands for a text where it must not be told: 256 bits in base64url, the same for the same
   * text on every replica, as long as the first secret stays.
   */
  public String nameless(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] key = secrets.getFirst().key.getEncoded();
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  private static String row(KeyedRequest request, UUID eventId) {
    return "%d %s %s %s"
        .formatted(request.projectId(), request.path(), request.keySha256(), eventId);
  }

  private static Cipher cipher(int mode, Secret secret, byte[] nonce, String row)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, secret.key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(row.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
