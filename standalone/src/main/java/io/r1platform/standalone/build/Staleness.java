package io.r1platform.standalone.build;

import io.r1platform.standalone.supervisor.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which services' jars are older than their sources. */
public final class Staleness {
  private static final Set<String> NOT_SOURCES = Set.of("target", "node_modules", "dist", "test");
  private final Path root;

  /** Looks at the checkout {@code root}. */
  public Staleness(Path root) {
    this.root = root;
  }

  /** The services to build, in no order that matters. */
  public List<Part> stale() {
    return Stream.of(Part.values()).filter(this::isStale).toList();
  }

  private boolean isStale(Part part) {
    Path stamp = stamp(part);
    if (!Files.exists(part.jar(root)) || !Files.exists(stamp)) {
      return true;
    }
    try {
      FileTime built = Files.getLastModifiedTime(stamp);
      for (Path source : sources(part)) {
        if (hasNewer(source, built)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a jar is missing, or older than a file below one of these places. */
  public static boolean isOlder(Path jar, List<Path> sources) {
    try {
      if (!Files.exists(jar)) {
        return true;
      }
      FileTime built = Files.getLastModifiedTime(jar);
      for (Path source : sources) {
        if (hasNewer(source, built)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Remembers that the jar has all that was written before {@code begun}. */
  void built(Part part, FileTime begun) {
    try {
      Path stamp = stamp(part);
      Files.writeString(stamp, "");
      Files.setLastModifiedTime(stamp, begun);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path stamp(Part part) {
    return root.resolve(part.service()).resolve("target").resolve("r1-built");
  }

  private List<Path> sources(Part part) {
    Path own = root.resolve(part.service());
    Path parent = root.resolve("pom.xml");
    Path support = root.resolve("service-support");
    return switch (part) {
      case API -> List.of(parent, support, own, root.resolve("console"));
      case INFERENCE ->
          List.of(parent, support, own, root.resolve("native"), root.resolve("prompts"));
      case BILLING ->
          List.of(parent, support, own, root.resolve("receipts"), root.resolve("exporter"));
    };
  }

  private static boolean hasNewer(Path source, FileTime built) throws IOException {
    var found = new boolean[1];
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return NOT_SOURCES.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found[0] = attributes.lastModifiedTime().compareTo(built) > 0;
            return found[0] ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }
        });
    return found[0];
  }
}
