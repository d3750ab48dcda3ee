package io.r1platform.inference.receipts;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where receipts go.
 *
 * @param billingUrl base address of billing-service
 * @param billingTokenFile the token it expects, first line
 * @param instanceName this replica among those of the schema; a process takes over what earlier
 *     ones of its name left, and those write nothing more
 * @param commitRows receipts of one commit at most
 * @param shipRows receipts of one batch to billing at most, to 1,000
 * @param shipEvery pause between batches, in which receipts gather
 * @param shipInterval pause between looks for unshipped receipts when nothing new is reported
 * @param shipBackoff longest pause after a failure to ship
 * @param shipTimeout longest wait for one whole answer of billing
 * @param keepDays how long receipts that billing has are kept, for a restore there; at least 7
 */
@ConfigurationProperties("r1.inference.receipts")
record ReceiptSettings(
    @DefaultValue("http://127.0.0.1:8070") URI billingUrl,
    Path billingTokenFile,
    @DefaultValue("local") String instanceName,
    @DefaultValue("256") int commitRows,
    @DefaultValue("1000") int shipRows,
    @DefaultValue("100ms") Duration shipEvery,
    @DefaultValue("1s") Duration shipInterval,
    @DefaultValue("5s") Duration shipBackoff,
    @DefaultValue("10s") Duration shipTimeout,
    @DefaultValue("35") int keepDays) {
  private static final int KEEP_DAYS_MIN = 7; // drop_receipts drops nothing younger

  ReceiptSettings {
    Objects.requireNonNull(
        billingTokenFile, "r1.inference.receipts.billing-token-file must be set");
    if (instanceName.isBlank()) {
      throw new IllegalArgumentException("r1.inference.receipts.instance-name must not be blank");
    }
    if (commitRows < 1 || shipRows < 1 || shipRows > 1_000) {
      throw new IllegalArgumentException(
          "r1.inference.receipts: commit-rows is at least 1, ship-rows 1 to 1000");
    }
    if (!shipEvery.isPositive()
        || !shipInterval.isPositive()
        || !shipBackoff.isPositive()
        || !shipTimeout.isPositive()) {
      throw new IllegalArgumentException("r1.inference.receipts: intervals must be positive");
    }
    if (keepDays < KEEP_DAYS_MIN) {
      throw new IllegalArgumentException("r1.inference.receipts.keep-days must be at least 7");
    }
  }
}
