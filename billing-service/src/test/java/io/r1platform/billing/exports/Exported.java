package io.r1platform.billing.exports;

import io.r1platform.billing.BillingFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Files by the exports' own writer, for tests of other packages. */
public final class Exported {
  private Exported() {}

  /** As files end. */
  public static List<String> formats() {
    return Arrays.stream(FileFormat.values()).map(FileFormat::extension).toList();
  }

  /** A dataset by its name. */
  public static Dataset dataset(BillingFixture billing, String name) {
    return billing.bean(Datasets.class).named(name);
  }

  /** The first file of a dataset of all organizations. */
  public static Path file(
      BillingFixture billing, Dataset dataset, Instant from, Instant to, String format, Path place)
      throws IOException {
    Manifest manifest =
        billing
            .bean(ExportWriter.class)
            .write(
                Scope.of(dataset, from, to, null),
                FileFormat.named(format),
                new FolderTarget(Files.createDirectories(place)),
                new ExportWriter.Progress() {});
    return place.resolve(manifest.parts().getFirst().file());
  }

  /** Whether a schedule's last files of the time would wait for the log of receipts. */
  public static boolean waitsForTheLog(BillingFixture billing, Instant from, Instant to) {
    return billing.bean(ScheduleTable.class).waitsForTheLog(null, from, to);
  }

  /**
   * Whether the job that wrote these files, resumed after what is done in between, keeps them: else
   * it would begin anew.
   */
  public static boolean keeps(
      BillingFixture billing, Dataset dataset, Instant from, Instant to, Path place, Runnable doing)
      throws IOException {
    var kept = new TreeMap<Integer, Part>();
    var progress =
        new ExportWriter.Progress() {
          @Override
          public void done(Part part) {
            kept.put(part.no(), part);
          }

          @Override
          public Optional<Part> kept(int no) {
            return Optional.ofNullable(kept.get(no));
          }
        };
    Scope scope = Scope.of(dataset, from, to, null);
    var target = new FolderTarget(Files.createDirectories(place));
    var writer = billing.bean(ExportWriter.class);
    writer.write(scope, FileFormat.CSV, target, progress);
    doing.run();
    try {
      writer.write(scope, FileFormat.CSV, target, progress);
      return true;
    } catch (ExportWriter.RowsChanged e) {
      return false;
    }
  }
}
