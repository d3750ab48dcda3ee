package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands and programs of the pages for tenants, run as they stand there: {@code docs/api.md},
 * {@code batches.md} and {@code resume.md}, and the request in the README.
 */
@ExtendWith(PlatformExtension.class)
class ApiPageIT {
  private static final Path API = Path.of("../docs/api.md");
  private static final Path BATCHES = Path.of("../docs/batches.md");
  private static final Path RESUME = Path.of("../docs/resume.md");
  private static final Path README = Path.of("../README.md");
  private static final String LOCAL = "http://127.0.0.1:8080";

  /** What a page may have between fences: what is run of it, and what an answer looks like. */
  private static final Map<Path, Set<String>> LANGUAGES =
      Map.of(
          API, Set.of("bash", "python", "js", "java", "json"),
          BATCHES, Set.of("bash", "json"),
          RESUME, Set.of("bash", "json"));

  private static final Path NODE = Path.of("../api-service/src/test/node");
  private static final String NO_PYTHON = "skipped: Python's openai package not found";
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

  @TempDir private Path directory;
  private final Platform platform;

  ApiPageIT(Platform platform) {
    this.platform = platform;
  }

  @Test
  void everyBlockIsOfALanguageThatIsRun() throws IOException {
    for (Map.Entry<Path, Set<String>> page : LANGUAGES.entrySet()) {
      Matcher fences =
          Pattern.compile("(?m)^```(\\w*)\n(?s:.*?)^```$").matcher(read(page.getKey()));
      var languages = new ArrayList<String>();
      while (fences.find()) {
        languages.add(fences.group(1));
      }
      assertThat(languages).as(page.toString()).isNotEmpty().isSubsetOf(page.getValue());
    }
  }

  @Test
  void curl() throws Exception {
    assertThat(bash(String.join("\n", blocks(API, "bash"))))
        .contains("\"id\":\"r1-nano\"", "936", "\"reasoning_content\"", "\"cost\":\"")
        .containsPattern("\\\\\"sure\\\\\"[\\\\nt ]*:[\\\\nt ]*(true|false)")
        .contains("\"tool_calls\"", "\"weather\"", "\"quote\"", "\"available\":\"")
        .contains("\"custom_id\":\"first\"", "\"custom_id\":\"second\"")
        .contains("data: [DONE]");
  }

  @Test
  void batches() throws Exception {
    assertThat(bash(String.join("\n", blocks(BATCHES, "bash"))))
        .contains("\"status\":\"validating\"", "\"status\":\"completed\"")
        .contains("\"total\":2,\"completed\":1,\"failed\":1")
        .containsPattern("\"custom_id\":\"q-1\".*\"status_code\":200.*\"cost\":\"0")
        .containsPattern("\"custom_id\":\"q-2\".*\"status_code\":404.*\"model_not_found\"");
  }

  @Test
  void resuming() throws Exception {
    List<String> commands = blocks(RESUME, "bash");
    assertThat(commands).hasSize(2);
    String key = platform.mintKey(); // both of one project
    String whole = bash(commands.getFirst(), key);
    String seen = // tokens gather while the engine is fast, so 12 may be no event's
        whole.lines().filter(line -> line.startsWith("id: ")).skip(1).findFirst().orElseThrow();
    String rest =
        bash(
            commands
                .getLast()
                .replace("Last-Event-ID: 12", seen.replace("id: ", "Last-Event-ID: ")),
            key);
    List<String> events = events(whole);
    int after = events.indexOf(seen) + 3; // its data, and an empty line
    assertThat(events(rest)).isEqualTo(events.subList(after, events.size()));
    assertThat(rest).endsWith("data: [DONE]\n\n");
  }

  /** Its lines, without comments. */
  private static List<String> events(String stream) {
    return stream.lines().filter(line -> !line.startsWith(":")).toList();
  }

  /** The address is the local one, and the key is asked of {@code ./r1}. */
  @Test
  void readme() throws Exception {
    List<String> commands = blocks(README, "sh").stream().filter(c -> c.contains(LOCAL)).toList();
    assertThat(commands).isNotEmpty();
    String key = "#!/bin/sh\n[ $1 = key ] && echo $R1_KEY\n";
    Path r1 = Files.writeString(directory.resolve("r1"), key);
    assertThat(r1.toFile().setExecutable(true)).isTrue();
    assertThat(bash(String.join("\n", commands).replace(LOCAL, platform.url())))
        .contains("\"reasoning_content\"", "\"cost\":\"", "data: [DONE]");
  }

  /** With the Python that {@code R1_PYTHON} names, else the one on the path. */
  @Test
  void python() throws Exception {
    String python = Objects.requireNonNullElse(System.getenv("R1_PYTHON"), "python3");
    Process probe =
        new ProcessBuilder("bash", "-c", "\"$1\" -c 'import openai' 2>&-", "probe", python).start();
    if (!Platform.ends(probe) || probe.exitValue() != 0) {
      System.out.println(NO_PYTHON); // ./r1 test shows this line
      Assumptions.abort(NO_PYTHON);
    }
    Path file = Files.writeString(directory.resolve("tour.py"), only(API, "python"));
    assertTour(run(directory, python, file.toString()));
  }

  /** From the directory where its package is; a program on standard input is found there. */
  @Test
  void node() throws Exception {
    Path file = Files.writeString(directory.resolve("tour.mjs"), only(API, "js"));
    assertTour(
        run(
            NODE,
            "bash",
            "-c",
            "node --input-type=module < '%s'".formatted(file.toAbsolutePath())));
  }

  /** All of them are there before the first is run: the last uses another. */
  @Test
  void java() throws Exception {
    var files = new ArrayList<Path>();
    for (String program : blocks(API, "java")) {
      Matcher name = CLASS.matcher(program);
      assertThat(name.find()).isTrue();
      files.add(Files.writeString(directory.resolve(name.group(1) + ".java"), program));
    }
    for (Path file : files) {
      String printed =
          run(
              directory,
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              absolute(System.getProperty("java.class.path")),
              file.toString());
      assertThat(printed)
          .contains("936", "call: check", "charged once: true", "resumed: true")
          .containsPattern("(?s)sure: .*(true|false)")
          .containsPattern("batch: .*\"second\".*\"cost\":\"0")
          .containsPattern("quote: .*\"maximum\":\"0")
          .containsPattern("costs: .*\"data\":")
          .containsPattern("balance: .*\"available\":\"");
    }
  }

  private static void assertTour(String printed) {
    assertThat(printed)
        .contains("936", "call: check", "costs: ", "available: ")
        .containsPattern("batch: second 0\\.\\d+")
        .containsPattern("at most: 0\\.\\d+")
        .containsPattern("(?i)resumed: true")
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

  private String bash(String script) throws IOException {
    return bash(script, platform.mintKey());
  }

  private String bash(String script, String key) throws IOException {
    Path file = Files.writeString(directory.resolve("tour.sh"), script);
    return run(key, directory, "bash", "-euo", "pipefail", file.toString());
  }

  private String run(Path from, String... command) throws IOException {
    return run(platform.mintKey(), from, command);
  }

  private String run(String key, Path from, String... command) throws IOException {
    Path log = directory.resolve("printed");
    var builder =
        new ProcessBuilder(command)
            .directory(from.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("R1_URL", platform.url());
    builder.environment().put("R1_KEY", key);
    Process process = builder.start();
    boolean ended = Platform.ends(process);
    String printed = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as(printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static String only(Path page, String language) throws IOException {
    List<String> blocks = blocks(page, language);
    assertThat(blocks).as(language).hasSize(1);
    return blocks.getFirst();
  }

  private static List<String> blocks(Path page, String language) throws IOException {
    Matcher found = Pattern.compile("(?s)```" + language + "\\n(.*?)```").matcher(read(page));
    var blocks = new ArrayList<String>();
    while (found.find()) {
      blocks.add(found.group(1));
    }
    assertThat(blocks).as(page + " in " + language).isNotEmpty();
    return blocks;
  }

  private static String read(Path page) throws IOException {
    return Files.readString(page);
  }
}
