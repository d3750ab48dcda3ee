package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front door on a machine that lacks what a build needs. */
class DoctorTests {
  private static final List<String> SHELL =
      List.of("bash", "env", "readlink", "dirname", "sed", "java", "find");

  @TempDir private Path programs;

  @Test
  void theDoctorWorksWithoutMavenAndSaysHowToGetIt() throws Exception {
    for (String program : SHELL) {
      Files.createSymbolicLink(programs.resolve(program), onPath(program));
    }
    var builder =
        new ProcessBuilder(Platform.root().resolve("r1").toString(), "doctor")
            .redirectErrorStream(true);
    builder.environment().put("PATH", programs.toString());
    builder.environment().put("R1_JAVA_HOME", System.getProperty("java.home"));
    Process doctor = builder.start();
    String text = new String(doctor.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(doctor.waitFor()).as(text).isEqualTo(1);
    assertThat(text)
        .contains("ok       JDK ", "MISSING  mvn ≥ 3.8: apt-get install maven")
        .endsWith("doctor: something is missing\n")
        .doesNotContain("\tat ");
  }

  static Path onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(Path.of(System.getProperty("java.home"), "bin", program));
  }
}
