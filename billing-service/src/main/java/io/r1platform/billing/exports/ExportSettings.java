package io.r1platform.billing.exports;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How exports run.
 *
 * @param concurrent exports at once; each holds a database connection
 * @param fetchRows rows that the cursor brings at a time
 */
@ConfigurationProperties("r1.billing.exports")
record ExportSettings(@DefaultValue("4") int concurrent, @DefaultValue("2000") int fetchRows) {
  ExportSettings {
    if (concurrent < 1 || concurrent > 8 || fetchRows < 1 || fetchRows > 100_000) {
      throw new IllegalArgumentException("concurrent is 1 to 8, fetch-rows 1 to 100000");
    }
  }
}
