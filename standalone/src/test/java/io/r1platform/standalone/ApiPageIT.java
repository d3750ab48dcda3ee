package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands and programs of {@code docs/api.md}, run as they stand on the page. */
@ExtendWith(PlatformExtension.class)
class ApiPageIT {
  private static final Path PAGE = Path.of("../docs/api.md");
  private static final Path NODE = Path.of("../api-service/src/test/node");
  private static final String NO_PYTHON = "skipped: Python's openai package not found";
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

  @TempDir private Path directory;
  private final Platform platform;

  ApiPageIT(Platform platform) {
    this.platform = platform;
  }

  @Test
  void curl() throws Exception {
    String script = String.join("\n", blocks("bash"));
    Path file = Files.writeString(directory.resolve("tour.sh"), script);
    assertThat(run(directory, "bash", "-euo", "pipefail", file.toString()))
        .contains("\"id\":\"r1-nano\"", "936", "\"reasoning_content\"", "\"cost\":\"")
        .containsPattern("\\\\\"sure\\\\\"[\\\\nt ]*:[\\\\nt ]*(true|false)")
        .contains("\"tool_calls\"", "\"weather\"", "\"quote\"", "\"available\":\"")
        .contains("data: [DONE]");
  }

  @Test
  void python() throws Exception {
    Process probe = new ProcessBuilder("bash", "-c", "python3 -c 'import openai' 2>&-").start();
    if (!Platform.ends(probe) || probe.exitValue() != 0) {
      System.out.println(NO_PYTHON); // ./r1 test shows this line
      Assumptions.abort(NO_PYTHON);
    }
    Path file = Files.writeString(directory.resolve("tour.py"), only("python"));
    assertTour(run(directory, "python3", file.toString()));
  }

  /** From the directory where its package is; a program on standard input is found there. */
  @Test
  void node() throws Exception {
    Path file = Files.writeString(directory.resolve("tour.mjs"), only("js"));
    assertTour(
        run(
            NODE,
            "bash",
            "-c",
            "node --input-type=module < '%s'".formatted(file.toAbsolutePath())));
  }

  @Test
  void java() throws Exception {
    for (String program : blocks("java")) {
      Matcher name = CLASS.matcher(program);
      assertThat(name.find()).isTrue();
      Path file = Files.writeString(directory.resolve(name.group(1) + ".java"), program);
      String printed =
          run(
              directory,
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              absolute(System.getProperty("java.class.path")),
              file.toString());
      assertThat(printed)
          .contains("936", "call: check", "charged once: true")
          .containsPattern("(?s)sure: .*(true|false)");
    }
  }

  private static void assertTour(String printed) {
    assertThat(printed)
        .contains("936", "call: check", "available: ")
        .containsPattern("cost: 0\\.\\d+")
        .containsPattern("(?i)sure: (true|false)")
        .containsPattern("(?i)charged once: true");
  }

  private static String absolute(String classPath) {
    return String.join(
        ":",
        Arrays.stream(classPath.split(":", -1))
            .map(part -> Path.of(part).toAbsolutePath().toString())
            .toList());
  }

  private String run(Path from, String... command) throws IOException {
    Path log = directory.resolve("printed");
    var builder =
        new ProcessBuilder(command)
            .directory(from.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("R1_URL", platform.url());
    builder.environment().put("R1_KEY", platform.mintKey());
    Process process = builder.start();
    boolean ended = Platform.ends(process);
    String printed = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as(printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static String only(String language) throws IOException {
    List<String> blocks = blocks(language);
    assertThat(blocks).as(language).hasSize(1);
    return blocks.getFirst();
  }

  private static List<String> blocks(String language) throws IOException {
    Matcher found =
        Pattern.compile("(?s)```" + language + "\\n(.*?)```").matcher(Files.readString(PAGE));
    var blocks = new ArrayList<String>();
    while (found.find()) {
      blocks.add(found.group(1));
    }
    assertThat(blocks).as(language).isNotEmpty();
    return blocks;
  }
}
