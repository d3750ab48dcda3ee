package io.r1platform.standalone.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTests {
  @TempDir private Path directory;

  @Test
  void keepsSecretsFromEverybodyElse() throws IOException {
    var home = new Home(directory.resolve("state"));
    Path file = new Secrets(home).file("gateway-token");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.secrets())))
        .isEqualTo("rwx------");
  }

  @Test
  void makesASecretOfTwoHundredFiftySixBitsOnce() {
    var home = new Home(directory);
    String token = new Secrets(home).value("gateway-token");

    assertThat(Base64.getUrlDecoder().decode(token)).hasSize(32);
    assertThat(new Secrets(home).value("gateway-token")).isEqualTo(token);
    assertThat(new Secrets(home).value("engine-token")).isNotEqualTo(token);
    assertThat(new Secrets(home).find("never-made")).isEmpty();
  }

  @Test
  void replacesAFileWholeAndLeavesNoOther() throws IOException {
    Path file = directory.resolve("file");
    Home.write(file, "old");
    Home.write(file, "new");

    assertThat(file).hasContent("new");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void remembersTheInstanceOfTheLastUp() {
    var home = new Home(directory);
    assertThat(Instance.load(home)).isEmpty();

    var instance = new Instance(Path.of("/somewhere"), Ports.from(Map.of("R1_API_PORT", "9000")));
    instance.save(home);

    assertThat(Instance.load(home)).contains(instance);
  }
}
