package io.r1platform.inference.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FreeMemoryTests {
  @TempDir private Path root;

  @BeforeEach
  void aMachine() throws IOException {
    write("proc/meminfo", "MemTotal: 900 kB\nMemAvailable:     500 kB\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, text);
  }

  private void group(String group, String limit, long used) throws IOException {
    write("sys/fs/cgroup/" + group + "memory.max", limit + "\n");
    write("sys/fs/cgroup/" + group + "memory.current", used + "\n");
  }

  private long bytes() {
    return new FreeMemory(root).bytes().orElseThrow();
  }

  @Test
  void withoutAGroupItIsTheMachines() {
    assertThat(bytes()).isEqualTo(500 * 1_024);
  }

  @Test
  void aGroupWithoutALimitChangesNothing() throws IOException {
    group("", "max", 10);
    assertThat(bytes()).isEqualTo(500 * 1_024);
  }

  @Test
  void aContainersOwnGroupLimitsItAndFilesCountAsFree() throws IOException {
    group("", "100000", 70_000);
    write("sys/fs/cgroup/memory.stat", "anon 1\nactive_file 20000\ninactive_file 5000\n");
    assertThat(bytes()).isEqualTo(55_000);
  }

  @Test
  void theGroupsAboveLimitItToo() throws IOException {
    write("proc/self/cgroup", "0::/system.slice/r1.service\n");
    group("system.slice/r1.service/", "90000", 10_000);
    group("system.slice/", "60000", 20_000);
    assertThat(bytes()).isEqualTo(40_000);
  }

  @Test
  void whereTheKernelDoesNotSayItIsUnknown(@TempDir Path elsewhere) {
    assertThat(new FreeMemory(elsewhere).bytes()).isEmpty();
  }
}
