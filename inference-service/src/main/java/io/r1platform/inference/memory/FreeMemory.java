package io.r1platform.inference.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Bytes that this process can still take: the machine's or its control groups', the least of them.
 * Pages of files count as free, those of a mapped model too.
 */
public final class FreeMemory {
  private static final String MACHINE = "proc/meminfo";
  private static final String OWN_GROUP = "proc/self/cgroup";
  private static final String GROUPS = "sys/fs/cgroup";
  private static final String UNIFIED = "0::/";
  private static final long KIBI = 1_024;

  private final Path root;

  /** Reads the kernel's files under this directory, which is {@code /} but for tests. */
  public FreeMemory(Path root) {
    this.root = root;
  }

  /** Empty where the kernel does not say. */
  public OptionalLong bytes() {
    LongStream machine = numbers(root.resolve(MACHINE), "MemAvailable:").map(kibi -> kibi * KIBI);
    LongStream groups = groups().stream().flatMapToLong(FreeMemory::left);
    return LongStream.concat(machine, groups).min();
  }

  /** The own group and all above it. */
  private List<Path> groups() {
    Path top = root.resolve(GROUPS);
    String own =
        lines(root.resolve(OWN_GROUP)).stream()
            .filter(line -> line.startsWith(UNIFIED))
            .map(line -> line.substring(UNIFIED.length()))
            .findFirst()
            .orElse("");
    Path group = top.resolve(own).normalize();
    var all = new ArrayList<Path>();
    while (group != null && group.startsWith(top)) {
      all.add(group);
      group = group.getParent();
    }
    return all;
  }

  /** Nothing without a limit. */
  private static LongStream left(Path group) {
    OptionalLong limit = number(group.resolve("memory.max"));
    OptionalLong used = number(group.resolve("memory.current"));
    if (limit.isEmpty() || used.isEmpty()) {
      return LongStream.empty();
    }
    Path stat = group.resolve("memory.stat");
    long files = numbers(stat, "active_file").sum() + numbers(stat, "inactive_file").sum();
    return LongStream.of(Math.max(0, limit.getAsLong() - used.getAsLong() + files));
  }

  private static OptionalLong number(Path file) {
    return lines(file).stream()
        .filter(line -> line.matches("[0-9]{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static LongStream numbers(Path file, String name) {
    return lines(file).stream()
        .map(line -> line.split("\\s+", -1))
        .filter(words -> words.length > 1 && words[0].equals(name))
        .mapToLong(words -> Long.parseLong(words[1]));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) { // another kernel, or no such group here
      return List.of();
    }
  }
}
