package io.r1platform.standalone.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A shell script with a supervisor's command line, which does what the test writes. */
public final class FakeSupervisor implements AutoCloseable {
  private final Home home;
  private final Process process;

  /**
   * Starts it and returns when it runs.
   *
   * @param script run with the home's {@code run} directory as the working directory
   */
  public FakeSupervisor(Home home, String script) {
    this.home = home;
    try {
      Path ready = home.path().resolve("fake-ready");
      this.process =
          new ProcessBuilder(
                  "bash",
                  "-c",
                  script.replaceFirst("while", "touch " + ready + "; while"),
                  "bash",
                  home.marker(),
                  SupervisorMain.class.getName())
              .directory(home.run().toFile())
              .start();
      assertThat(Await.until(Duration.ofSeconds(30), () -> Files.exists(ready))).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process. */
  public Process process() {
    return process;
  }

  /** Remembers it as the supervisor remembers itself. */
  public FakeSupervisor recorded() {
    SupervisorProcess.recordOf(home, process.toHandle()).save(home);
    return this;
  }

  /** Adds lines to what it has told of its start. */
  public FakeSupervisor tells(String... lines) {
    try {
      Files.writeString(
          Progress.stepsOf(home),
          String.join("\n", lines) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
