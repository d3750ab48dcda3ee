package io.r1platform.api.statements;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of tenants' downloads of invoices' bundles and of exports, together.
 *
 * @param downloads most of all organizations at once; each takes some MiB of memory
 * @param downloadsOfOne most of one organization
 * @param grace how long a download may be slow
 * @param minRate bytes in a second that it must have on average after that
 */
@ConfigurationProperties("r1.api.bundles")
record BundleSettings(
    @DefaultValue("8") int downloads,
    @DefaultValue("1") int downloadsOfOne,
    @DefaultValue("1m") Duration grace,
    @DefaultValue("32KB") DataSize minRate) {
  BundleSettings {
    if (downloads < 1 || downloadsOfOne < 1 || minRate.toBytes() < 1 || grace.isNegative()) {
      throw new IllegalArgumentException(
          "r1.api.bundles: downloads, downloads-of-one and min-rate are 1 or more, grace is 0 or"
              + " more");
    }
  }
}
