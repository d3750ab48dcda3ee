package io.r1platform.billing.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The child of retention, as any command; what DuckDB writes is in RetentionIT. */
class ParquetProcessTests {
  private static final String HANGS = "tail -f /dev/null";

  @Test
  @Timeout(60)
  void aChildThatHangsIsKilledAndSaid() {
    var command = List.of("sh", "-c", "echo begun; exec " + HANGS);
    assertThatThrownBy(() -> ParquetProcess.said(command, Duration.ofMillis(500)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not end");
    assertThat(ProcessHandle.current().children().map(child -> child.info().commandLine()))
        .noneMatch(line -> line.orElse("").contains(HANGS));
  }

  @Test
  void whatAFailedChildPrintedIsSaid() {
    var command = List.of("sh", "-c", "echo no room >&2; exit 3");
    assertThatThrownBy(() -> ParquetProcess.said(command, Duration.ofMinutes(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no room");
  }
}
