package io.r1platform.billing.receipts;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the log of receipts is signed.
 *
 * @param keyFile 256 random bits in base64url, of which the Ed25519 key is made; another content at
 *     the next start is a new key, and the one before signs nothing newer; null: nothing is signed,
 *     receipts wait for their proofs
 * @param origin the log's name in checkpoints, unique in the world and for ever the same, for
 *     instance {@code r1.example.com/log}
 * @param checkpointFile where the newest checkpoint is kept, on a disk that is not the database's:
 *     a log that does not continue it, since the database was restored, is not signed; null: that
 *     is not noticed
 * @param folder where checkpoint, keys and tiles are published as files, which any web server or
 *     bucket can serve; the checkpoint last; null: nowhere but at {@code /log/}
 */
@ConfigurationProperties("r1.billing.log")
record LogSettings(
    @Nullable Path keyFile,
    @DefaultValue("r1-platform.local/log") String origin,
    @Nullable Path checkpointFile,
    @Nullable Path folder) {
  LogSettings {
    if (!origin.matches("[A-Za-z0-9._/-]{1,200}")) {
      throw new IllegalArgumentException(
          "r1.billing.log.origin is a host and a path, not " + origin);
    }
  }
}
