package io.r1platform.billing.retention;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long usage stays in the database.
 *
 * @param directory where old days go; null: they stay in the database for ever
 * @param hotDays days that stay, 35 or more: until then records may still come
 */
@ConfigurationProperties("r1.billing.retention")
record RetentionSettings(@Nullable Path directory, @DefaultValue("35") int hotDays) {
  private static final int FEWEST_DAYS = 35;

  RetentionSettings {
    if (hotDays < FEWEST_DAYS) {
      throw new IllegalArgumentException("r1.billing.retention.hot-days is 35 or more");
    }
  }
}
