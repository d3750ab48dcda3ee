package io.r1platform.api.upstreams;

import io.r1platform.api.idempotency.AnswerCipher;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The keys of foreign servers, encrypted with the secrets of {@code r1.api.idempotency.key-file}.
 * Each is bound to its address, so that nobody has it sent elsewhere by changing a row.
 */
@Component
final class UpstreamKeys {
  private final AnswerCipher cipher;

  UpstreamKeys(AnswerCipher cipher) {
    this.cipher = cipher;
  }

  byte[] seal(String key, URI url) {
    return cipher.seal(key.getBytes(StandardCharsets.US_ASCII), row(url));
  }

  /** Empty if it was sealed for another address or with a secret that is gone. */
  Optional<String> open(byte @Nullable [] sealed, URI url) {
    return sealed == null
        ? Optional.empty()
        : cipher.open(sealed, row(url)).map(key -> new String(key, StandardCharsets.US_ASCII));
  }

  /** Salts of the prefix cache of a server that takes them. */
  CacheSalts salts(long upstreamId) {
    return tenant -> cipher.nameless("cache_salt " + upstreamId + " " + tenant);
  }

  private static String row(URI url) {
    return "upstream " + url;
  }
}
