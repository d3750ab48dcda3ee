package io.r1platform.billing.exports;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How exports run.
 *
 * @param concurrent exports at once, streams and jobs each; each holds a database connection
 * @param perOrganization jobs of one organization that wait or run, at most; as many again are the
 *     operator's
 * @param perOrganizationKeys the same of jobs of single projects of one organization, which keys
 *     order
 * @param partRows rows of a file at most; the next ones go into another
 * @param childMemoryMib what DuckDB may take in the child process that writes a file
 * @param directory where files wait for download, and drafts lie; null: {@code r1-exports} where
 *     the system keeps temporary files
 * @param keep how long files wait for download
 * @param keptPerOrganization jobs of one organization whose files wait for download; of more the
 *     oldest go before their time. As many again are the operator's, and of jobs of each project
 * @param schedules that are not closed, at most
 * @param targets where else exports may be written to
 */
@ConfigurationProperties("r1.billing.exports")
record ExportSettings(
    @DefaultValue("4") int concurrent,
    @DefaultValue("4") int perOrganization,
    @DefaultValue("2") int perOrganizationKeys,
    @DefaultValue("1000000") int partRows,
    @DefaultValue("256") int childMemoryMib,
    @Nullable Path directory,
    @DefaultValue("7d") Duration keep,
    @DefaultValue("20") int keptPerOrganization,
    @DefaultValue("100") int schedules,
    @DefaultValue List<ExportTargetSettings> targets) {
  private static final int MOST_CONCURRENT = 8;
  private static final int MOST_ROWS = 100_000_000;
  private static final int LEAST_MEMORY = 64;

  ExportSettings {
    if (concurrent < 1
        || concurrent > MOST_CONCURRENT
        || perOrganization < 1
        || perOrganizationKeys < 1
        || partRows < 1
        || partRows > MOST_ROWS
        || childMemoryMib < LEAST_MEMORY
        || !keep.isPositive()
        || keptPerOrganization < 1
        || schedules < 0) {
      throw new IllegalArgumentException(
          "r1.billing.exports: concurrent is 1 to 8, part-rows 1 to 100000000, child-memory-mib 64"
              + " or more, per-organization, per-organization-keys, keep and kept-per-organization"
              + " more than 0, schedules 0 or more");
    }
    targets = List.copyOf(targets);
    if (targets.stream().map(ExportTargetSettings::name).distinct().count() < targets.size()) {
      throw new IllegalArgumentException("r1.billing.exports.targets: two have the same name");
    }
  }
}
