package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    if (!names().contains(name)) {
      throw ServiceException.invalidRequest("'target' is one of %s.".formatted(names()));
    }
  }

  /** As they are configured. */
  List<String> names() {
    return settings.targets().stream().map(ExportTargetSettings::name).toList();
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

  /** Where drafts may lie, of processes that died too. */
  List<Path> drafts(List<Map.Entry<String, String>> places) {
    var found = new ArrayList<>(List.of(directory().resolve("drafts"), scratch()));
    for (ExportTargetSettings target : settings.targets()) {
      Path folder = target.folder();
      if (folder != null) {
        places.stream()
            .filter(place -> place.getKey().equals(target.name()))
            .forEach(
                place -> found.add(folder.resolve(place.getValue()).resolve(FolderTarget.DRAFTS)));
      }
    }
    return found;
  }

  /**
   * Under which the child's directories are: local, and programs may be loaded from it, since
   * DuckDB unpacks itself there.
   */
  static Path scratch() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** The directory of a job's files, for downloads. */
  Path kept(String place) {
    return directory().resolve("jobs").resolve(place);
  }

  private Path directory() {
    Path configured = settings.directory();
    if (configured != null) {
      return configured;
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      return own(temporary.resolve("r1-exports"), temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where everybody may make directories, one of this name could be somebody else's. */
  private static Path own(Path directory, Path parent) throws IOException {
    Files.createDirectories(parent);
    var alone = PosixFilePermissions.fromString("rwx------");
    try {
      return Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(alone));
    } catch (FileAlreadyExistsException e) {
      Path mine = Files.createTempFile(parent, "r1-exports-", "");
      UserPrincipal me = Files.getOwner(mine);
      Files.delete(mine);
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(me)) {
        throw new IOException(
            directory + " is not ours; set r1.billing.exports.directory to one that is.", e);
      }
      Files.setPosixFilePermissions(directory, alone);
      return directory;
    }
  }
}
