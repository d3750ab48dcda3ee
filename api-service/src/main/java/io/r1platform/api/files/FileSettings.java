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
 */
@ConfigurationProperties("r1.api.files")
record FileSettings(
    @DefaultValue("200MB") DataSize fileLimit,
    @DefaultValue("1000") int projectFiles,
    @DefaultValue("5GB") DataSize projectBytes,
    @DefaultValue("30d") Duration keepFor,
    @DefaultValue("1h") Duration uploadWait,
    @DefaultValue("32") int transfers,
    @DefaultValue("8") int transfersOfOne) {
  FileSettings {
    if (projectFiles < 1 || transfers < 1 || transfersOfOne < 1) {
      throw new IllegalArgumentException(
          "r1.api.files: project-files, transfers and transfers-of-one are 1 or more");
    }
  }
}
