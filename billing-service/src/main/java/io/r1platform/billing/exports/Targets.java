package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where files go, by name. Credentials are read for each export and kept nowhere. */
@Component
class Targets {
  /** What is done with one while it is open. */
  interface Use<T> {
    T with(Target target) throws IOException;
  }

  private final ExportSettings settings;

  Targets(ExportSettings settings) {
    this.settings = settings;
  }

  /**
   * Fails unless there is one of that name.
   *
   * @throws ServiceException {@code invalid_request}
   */
  void require(String name) {
    if (settings.targets().stream().noneMatch(target -> target.name().equals(name))) {
      List<String> names = settings.targets().stream().map(ExportTargetSettings::name).toList();
      throw ServiceException.invalidRequest("'target' is one of %s.".formatted(names));
    }
  }

  /**
   * Opens a target.
   *
   * @param name null: the directory of files that wait for download
   * @param place below it
   */
  <T> T use(@Nullable String name, String place, Use<T> use) throws IOException {
    if (name == null) {
      return use.with(new FolderTarget(kept(place)));
    }
    ExportTargetSettings target =
        settings.targets().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IOException("The target '" + name + "' is configured no more."));
    if (target.folder() != null) {
      return use.with(new FolderTarget(target.folder().resolve(place)));
    }
    try (S3Target bucket = S3Target.open(target, place, directory().resolve("drafts"))) {
      return use.with(bucket);
    }
  }

  /** The directory of a job's files, for downloads. */
  Path kept(String place) {
    return directory().resolve("jobs").resolve(place);
  }

  private Path directory() {
    Path configured = settings.directory();
    return configured != null
        ? configured
        : Path.of(System.getProperty("java.io.tmpdir"), "r1-exports");
  }
}
