package io.r1platform.billing.receipts;

import io.r1platform.receipts.NoteSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The key that signs checkpoints, read at the start. */
@Component
class LogSigner {
  private final Optional<NoteSigner> signer;

  LogSigner(LogSettings settings) {
    Path file = settings.keyFile();
    this.signer = file == null ? Optional.empty() : Optional.of(read(settings.origin(), file));
  }

  private static NoteSigner read(String origin, Path file) {
    try {
      byte[] seed = Base64.getUrlDecoder().decode(Files.readString(file).strip());
      return NoteSigner.ofSeed(origin, seed);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("Cannot read the log's key " + file + ": " + e, e);
    }
  }

  /** Empty where no key is set. */
  Optional<NoteSigner> signer() {
    return signer;
  }
}
