package io.r1platform.api.batches;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How batches run.
 *
 * @param lines most lines of a batch
 * @param lineLimit longest line; its body is held to what any request's is
 * @param projectOpen most batches of a project that have not ended; beyond it 429
 * @param atOnce most lines that this replica runs at once
 * @param ofOrganization most of one organization
 * @param ofBatch most of one batch
 * @param stopWait how long running lines of a batch that is cancelled, or over, may go on
 * @param tryAfter pause of a batch whose line could not start, for want of money or of an engine;
 *     while the engine fails it doubles from one to the next, up to 64 times as long
 * @param failures how often a line is tried that an engine fails without a charge
 * @param keepFor how long a batch that has ended is kept, two days or more
 * @param lookEvery how often this replica looks for new batches, and for what a dead one left
 */
@ConfigurationProperties("r1.api.batches")
record BatchSettings(
    @DefaultValue("50000") int lines,
    @DefaultValue("4MB") DataSize lineLimit,
    @DefaultValue("100") int projectOpen,
    @DefaultValue("32") int atOnce,
    @DefaultValue("16") int ofOrganization,
    @DefaultValue("16") int ofBatch,
    @DefaultValue("10m") Duration stopWait,
    @DefaultValue("5s") Duration tryAfter,
    @DefaultValue("3") int failures,
    @DefaultValue("90d") Duration keepFor,
    @DefaultValue("1s") Duration lookEvery) {
  BatchSettings {
    if (lines < 1 || projectOpen < 1 || failures < 1) {
      throw new IllegalArgumentException(
          "r1.api.batches: lines, project-open and failures are 1 or more");
    }
    if (keepFor.compareTo(Duration.ofDays(2)) < 0) {
      throw new IllegalArgumentException("r1.api.batches.keep-for is two days or more");
    }
    if (atOnce < 0 || ofOrganization < 1 || ofBatch < 1) {
      throw new IllegalArgumentException(
          "r1.api.batches: of-organization and of-batch are 1 or more, at-once 0 or more");
    }
  }
}
