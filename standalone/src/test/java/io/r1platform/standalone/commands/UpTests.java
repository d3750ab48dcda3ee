package io.r1platform.standalone.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.supervisor.FakeSupervisor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code up} where a supervisor already runs. */
class UpTests {
  private static final String ENDS_IN_ORDER =
      "trap 'touch asked; exit' TERM; while [[ ! -e go ]]; do sleep 0.1; done;"
          + " echo 'failed: as the test wants' >> steps";

  private final Ports ports = Ports.free();

  @TempDir private Path directory;
  private Home home = new Home(Path.of("unused"));

  @BeforeEach
  void rememberAnEarlierUp() {
    home = new Home(directory);
    new Instance(directory, ports).save(home);
  }

  @Test
  void followsAStartThatIsUnderWayAndDoesNotEndIt() throws Exception {
    try (var fake = new FakeSupervisor(home, ENDS_IN_ORDER).recorded().tells("one")) {
      String text = up(1, "--no-build");

      assertThat(text)
          .contains("already starting; ./r1 down stops it", "one")
          .endsWith("r1: as the test wants\n");
      assertThat(fake.process().waitFor()).isZero();
      assertThat(home.run().resolve("asked")).doesNotExist();
    }
  }

  @Test
  void refusesAnotherPortThanTheOneInUse() {
    try (var fake = new FakeSupervisor(home, ENDS_IN_ORDER).recorded().tells("ready")) {
      int other = ports.of(Ports.Name.API) == 9999 ? 9998 : 9999;

      assertThat(up(1, "--no-build", "--port", Integer.toString(other)))
          .isEqualTo(
              "r1: it runs with R1_API_PORT %d; to have %d, ./r1 down first\n"
                  .formatted(ports.of(Ports.Name.API), other));
      assertThat(fake.process().isAlive()).isTrue();
    }
  }

  @Test
  void saysThatNewerSourcesAreNotBuiltWhileItRuns() {
    try (var fake = new FakeSupervisor(home, ENDS_IN_ORDER).recorded()) {
      assertThat(up(1)).contains("newer sources are not built while it runs: ./r1 down first");
      assertThat(fake.process().pid()).isPositive();
    }
  }

  /** What it prints. The supervisor goes on to its end once {@code up} has said that it waits. */
  private String up(int exit, String... arguments) {
    var text =
        new StringWriter() {
          @Override
          public void write(String string, int offset, int length) {
            super.write(string, offset, length);
            if (toString().contains("already ")) {
              Home.write(home.run().resolve("go"), "");
            }
          }
        };
    var writer = new PrintWriter(text, true);
    var invocation =
        Invocation.of(directory, Map.of("R1_HOME", directory.toString()), Clock.systemUTC());
    var line = CommandTable.of(invocation).setOut(writer).setErr(writer);
    var all = new ArrayList<>(List.of("up", "--detach"));
    all.addAll(List.of(arguments));
    assertThat(line.execute(all.toArray(String[]::new))).as(text.toString()).isEqualTo(exit);
    return text.toString();
  }
}
