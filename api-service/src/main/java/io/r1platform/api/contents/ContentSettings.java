package io.r1platform.api.contents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How prompts and answers are kept for projects that opted in. The secrets that encrypt them are
 * those of {@code r1.api.idempotency.key-file}. What does not fit is dropped and counted; the
 * request itself never fails or waits for it.
 *
 * @param memory most bytes of requests that run or wait to be written, together; one project may
 *     hold half of them; a sixteenth of the heap unless set
 * @param entryLimit largest request with its answer, before compression
 * @param projectBytes most bytes of a project in the database, compressed
 * @param countEvery how old the count of a project may be: a project passes its limit by what one
 *     replica stores in this time
 * @param writes most writes to the database at once
 * @param tries how often a write is tried, a second apart
 */
@ConfigurationProperties("r1.api.contents")
record ContentSettings(
    @Nullable DataSize memory,
    @DefaultValue("8MB") DataSize entryLimit,
    @DefaultValue("1GB") DataSize projectBytes,
    @DefaultValue("10s") Duration countEvery,
    @DefaultValue("2") int writes,
    @DefaultValue("30") int tries) {
  ContentSettings {
    if (writes < 1 || tries < 1) {
      throw new IllegalArgumentException("r1.api.contents: writes and tries are 1 or more");
    }
  }
}
