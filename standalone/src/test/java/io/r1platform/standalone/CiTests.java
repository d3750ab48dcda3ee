package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CI script on a bare Debian, whose package programs are scripts here. */
class CiTests {
  @TempDir private Path programs;

  @Test
  void refusesANodeThatIsTooOldBeforeItInstallsAnything() throws Exception {
    for (String program : new String[] {"bash", "env", "dirname", "sed"}) {
      Files.createSymbolicLink(programs.resolve(program), DoctorTests.onPath(program));
    }
    program("apt-cache", "echo 'nodejs:'; echo '  Candidate: 18.20.4+dfsg-1~deb12u1'");
    program("apt-get", "[[ $1 == update ]] || echo INSTALLS");
    var builder =
        new ProcessBuilder(Platform.root().resolve(".ci/run").toString()).redirectErrorStream(true);
    builder.environment().put("PATH", programs.toString());
    Process ci = builder.start();
    String text = new String(ci.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(ci.waitFor()).as(text).isEqualTo(1);
    assertThat(text)
        .contains("Node 20 or newer is needed, Debian's nodejs is 18;")
        .doesNotContain("INSTALLS");
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(programs.resolve(name), "#!/usr/bin/env bash\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
