package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How files are written; the child knows each by its name. */
enum FileFormat {
  CSV("csv"),
  CSV_GZ("csv.gz"),
  JSONL_GZ("jsonl.gz"),
  /** Compressed with zstd. */
  PARQUET("parquet");

  private final String extension;

  FileFormat(String extension) {
    this.extension = extension;
  }

  /** As callers say it, and as files end. */
  String extension() {
    return extension;
  }

  /**
   * The format of this name.
   *
   * @throws ServiceException {@code invalid_request}
   */
  static FileFormat named(String name) {
    return Arrays.stream(values())
        .filter(format -> format.extension.equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                ServiceException.invalidRequest(
                    "'format' is one of %s."
                        .formatted(
                            Arrays.stream(values())
                                .map(FileFormat::extension)
                                .collect(Collectors.joining(", ")))));
  }
}
