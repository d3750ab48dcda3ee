package io.r1platform.standalone.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRotationTests {
  private final LogRotation rotation = new LogRotation(10, 2);

  @TempDir private Path directory;

  @Test
  void leavesSmallFilesAndFilesThatAreNoLogs() throws IOException {
    Path small = Files.writeString(directory.resolve("small.log"), "0123456789");
    Path other = Files.writeString(directory.resolve("data.csv"), "0123456789ABC");

    rotation.rotate(directory);

    assertThat(small).hasContent("0123456789");
    assertThat(other).hasContent("0123456789ABC");
  }

  @Test
  void keepsAnOpenWriterWritingAtTheNewStart() throws IOException {
    Path log = directory.resolve("service.log");
    try (var writer =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      writer.write("a long first line\n".getBytes(UTF_8));
      rotation.rotate(directory);
      writer.write("second\n".getBytes(UTF_8));
    }

    assertThat(log).hasContent("second\n");
    assertThat(directory.resolve("service.log.1")).hasContent("a long first line\n");
  }

  @Test
  void keepsOnlySoManyOldFiles() throws IOException {
    Path log = directory.resolve("service.log");
    for (String text : new String[] {"first, too long", "second, too long", "third, too long"}) {
      Files.writeString(log, text);
      rotation.rotate(directory);
    }

    assertThat(directory.resolve("service.log.1")).hasContent("third, too long");
    assertThat(directory.resolve("service.log.2")).hasContent("second, too long");
    assertThat(directory.resolve("service.log.3")).doesNotExist();
  }
}
