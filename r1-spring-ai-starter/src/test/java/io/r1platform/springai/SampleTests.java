package io.r1platform.springai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The application of {@code docs/spring-ai.md}, compiled from the page itself, runs as it says. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class SampleTests {
  private static final Path PAGE = Path.of("../docs/spring-ai.md");

  @Test
  void theSampleOfThePageRuns(@TempDir Path directory, CapturedOutput output) throws Exception {
    compile(directory);
    Files.writeString(directory.resolve("application.yaml"), block("yaml"));

    run(directory, "--r1.chat.model=" + Nano.FILE);

    assertThat(output.getOut()).contains(block("text").lines().toList());
  }

  private static void compile(Path directory) throws IOException {
    Path source = Files.writeString(directory.resolve("Sums.java"), block("java"));
    var arguments =
        List.of(
            "-parameters",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            directory.toString(),
            source.toString());
    int exit =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(exit).isZero();
  }

  private static void run(Path directory, String... arguments) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL[] places = {directory.toUri().toURL()};
    try (var loader = new URLClassLoader(places, before)) {
      thread.setContextClassLoader(loader);
      var main = loader.loadClass("com.example.Sums").getMethod("main", String[].class);
      var unused = main.invoke(null, (Object) arguments);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** The page's one block of a language. */
  private static String block(String language) throws IOException {
    Matcher found =
        Pattern.compile("(?s)```" + language + "\\n(.*?)```").matcher(Files.readString(PAGE));
    var blocks = new ArrayList<String>();
    while (found.find()) {
      blocks.add(found.group(1));
    }
    assertThat(blocks).as(language).hasSize(1);
    return blocks.getFirst();
  }
}
