package io.r1platform.billing.usage;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long what callers call their requests is kept.
 *
 * @param keepDays days after which a request's client_reference, end_user and metadata, and sums by
 *     end user, are deleted; 1 to 3650. The request and all other sums stay. Below 70 what
 *     schedules of exports write once a month is closed may be without them
 */
@ConfigurationProperties("r1.billing.labels")
record LabelSettings(@DefaultValue("400") int keepDays) {
  private static final int MOST_DAYS = 3_650;

  LabelSettings {
    if (keepDays < 1 || keepDays > MOST_DAYS) {
      throw new IllegalArgumentException("r1.billing.labels.keep-days is 1 to 3650");
    }
  }
}
