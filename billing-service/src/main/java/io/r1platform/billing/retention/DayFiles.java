package io.r1platform.billing.retention;

import java.nio.file.Path;
import java.time.LocalDate;

/**
 * Where one part of a retired day lies.
 *
 * @param records the Parquet file, by tenant and id
 * @param receipts the engine's receipts, another Parquet file, by id and attempt
 * @param ids ids and content hashes, by id
 * @param manifest counts, sums and hashes; written last
 */
record DayFiles(Path records, Path receipts, Path ids, Path manifest) {
  static DayFiles of(Path directory, LocalDate day, int part) {
    Path place = directory.resolve("usage_record").resolve("day=" + day);
    return new DayFiles(
        place.resolve("records-%d.parquet".formatted(part)),
        place.resolve("receipts-%d.parquet".formatted(part)),
        place.resolve("ids-%d.bin".formatted(part)),
        place.resolve("manifest-%d.json".formatted(part)));
  }
}
