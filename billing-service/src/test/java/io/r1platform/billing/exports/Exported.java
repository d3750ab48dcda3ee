package io.r1platform.billing.exports;

import io.r1platform.billing.BillingFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

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
}
