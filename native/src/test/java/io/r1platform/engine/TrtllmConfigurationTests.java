package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The files of {@code deploy/tensorrt-llm}, as far as they can be read without TensorRT-LLM. */
class TrtllmConfigurationTests {
  private record Ran(int exitCode, String output) {}

  @BeforeAll
  static void assumeYaml() throws Exception {
    assumeThat(Path.of("/usr/bin/python3")).exists();
    assumeThat(run("/usr/bin/python3", "-c", "import yaml").exitCode())
        .as("python3-yaml is installed")
        .isZero();
  }

  private static Ran run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  @Test
  void theDriverUnderstandsEveryFile() throws Exception {
    Ran ran =
        run(
            "/usr/bin/python3",
            "-B",
            "src/test/python/configurations.py",
            "../deploy/tensorrt-llm");
    assertThat(ran.exitCode()).as(ran.output()).isZero();
    assertThat(ran.output().lines())
        .hasSize(10)
        .contains(
            "r1-fp4-8xb200.yaml gpus=8 running=7168",
            "r1-fp8-8xh200.yaml gpus=8 running=1024",
            "r1-fp8-16xh100.yaml gpus=16 running=1024",
            "distill-llama-70b.yaml gpus=4 running=128");
  }
}
