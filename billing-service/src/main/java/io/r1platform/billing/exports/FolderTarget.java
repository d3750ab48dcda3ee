package io.r1platform.billing.exports;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A directory. A file is written beside, made durable, then renamed. */
record FolderTarget(Path directory) implements Target {
  static final String DRAFTS = ".drafts";

  @Override
  public String key() {
    return directory.toAbsolutePath().normalize().toUri().toString();
  }

  @Override
  public Path drafts() throws IOException {
    return Files.createDirectories(directory.resolve(DRAFTS));
  }

  @Override
  public void put(String name, Path draft) throws IOException {
    sync(draft, StandardOpenOption.WRITE);
    Files.move(
        draft,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    sync(directory, StandardOpenOption.READ);
  }

  @Override
  public void remove(String name) throws IOException {
    if (Files.deleteIfExists(directory.resolve(name))) {
      sync(directory, StandardOpenOption.READ);
    }
  }

  @Override
  public boolean has(Part part) throws IOException {
    Path file = directory.resolve(part.file());
    return Files.isRegularFile(file)
        && Files.size(file) == part.bytes()
        && Hashes.sha256(file).equals(part.sha256());
  }

  @Override
  public void removeOthers(String dataset, Set<String> names) throws IOException {
    for (String name : names()) {
      if (name.matches(dataset + "-[0-9]{5}\\..+") && !names.contains(name)) {
        remove(name);
      }
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void sync(Path path, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
