package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The compose file, read by Docker's own client where there is one. It needs no engine. */
class ComposeTests {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final String LOADER =
      "native/src/main/java/io/r1platform/engine/NativeLibrary.java";

  private record Ran(int exit, String output) {}

  @Test
  void composeFileIsValid() throws IOException, InterruptedException {
    assumeTrue(hasCompose(), "skipped: no docker compose client");
    Ran config = run(List.of("docker", "compose", "-f", "docker-compose.yml", "config", "-q"));
    assertThat(config.exit()).as(config.output()).isZero();
  }

  @Test
  void theEngineMayExecuteWhatItUnpacks() throws IOException {
    String all = Files.readString(ROOT.resolve("docker-compose.yml"));
    String inference =
        all.substring(all.indexOf("\n  inference-service:"), all.indexOf("\n  api-service:"));

    assertThat(inference)
        .contains("JAVA_TOOL_OPTIONS: -Dr1.native.dir=/native ")
        .containsPattern("tmpfs: .*\"/native:exec,");
    assertThat(Files.readString(ROOT.resolve(LOADER))).contains("getProperty(\"r1.native.dir\")");
  }

  @Test
  void billingOwnsAndFindsItsDirectories() throws IOException {
    String all = Files.readString(ROOT.resolve("docker-compose.yml"));
    String owner =
        all.substring(all.indexOf("\n  billing-volumes:"), all.indexOf("\n  billing-service:"));
    String billing =
        all.substring(all.indexOf("\n  billing-service:"), all.indexOf("\n  inference-service:"));

    assertThat(all).contains("user: \"10001:10001\"");
    assertThat(billing)
        .contains("R1_BILLING_EXPORTS_DIRECTORY: /exports\n")
        .contains("R1_BILLING_LOG_CHECKPOINTFILE: /checkpoint/newest\n")
        .contains("R1_BILLING_LOG_FOLDER: /log\n")
        .contains("billing-volumes: {condition: service_completed_successfully}")
        .contains("volumes: *billing-volumes");
    for (String directory : List.of("/exports", "/checkpoint", "/log")) {
      assertThat(owner)
          .containsPattern("install -d -o 10001 -g 10001 .*" + directory)
          .containsPattern(":" + directory + "\"?\n");
    }
  }

  private static boolean hasCompose() throws InterruptedException {
    try {
      return run(List.of("docker", "compose", "version")).exit() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Ran run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }
}
