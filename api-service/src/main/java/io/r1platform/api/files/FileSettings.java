package io.r1platform.api.files;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of tenants' files.
 *
 * @param fileLimit largest file that is uploaded
 * @param projectFiles most files of a project
 * @param projectBytes most bytes of a project's files; what batches write counts, and is never
 *     refused
 * @param keepFor how long a file is kept unless its upload says
 * @param uploadWait longest time that an upload may take; what is not whole by then is removed
 * @param transfers most uploads and downloads of all organizations at once; each takes some MiB of
 *     memory
 * @param transfersOfOne most of one organization
 * @param transfersOfProject most of one project
 * @param grace how long a transfer may be slow
 * @param minRate bytes in a second that it must have on average after that
 */
@ConfigurationProperties("r1.api.files")
record FileSettings(
    @DefaultValue("200MB") DataSize fileLimit,
    @DefaultValue("1000") int projectFiles,
    @DefaultValue("5GB") DataSize projectBytes,
    @DefaultValue("30d") Duration keepFor,
    @DefaultValue("1h") Duration uploadWait,
    @DefaultValue("32") int transfers,
    @DefaultValue("8") int transfersOfOne,
    @DefaultValue("4") int transfersOfProject,
    @DefaultValue("1m") Duration grace,
    @DefaultValue("32KB") DataSize minRate) {
  FileSettings {
    if (projectFiles < 1 || transfers < 1 || transfersOfOne < 1) {
      throw new IllegalArgumentException(
          "r1.api.files: project-files, transfers and transfers-of-one are 1 or more");
    }
    if (transfersOfProject < 1 || minRate.toBytes() < 1 || grace.isNegative()) {
      throw new IllegalArgumentException(
          "r1.api.files: transfers-of-project and min-rate are 1 or more, grace 0 or more");
    }
  }
}
