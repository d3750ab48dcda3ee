package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./r1 bench trtllm}: not among the tests. The stand-in says nothing of a GPU's speed. */
class TrtllmBench {
  private static final Pattern LOAD = Pattern.compile("(streams=.*) tokens_per_s=(\\d+)");

  @Test
  void measure(@TempDir Path directory) throws IOException {
    StandIn.assumeBuilt();
    StandIn.checkpoint(directory, "\"step_ms\": 0, \"context_tokens\": 65536");
    Matcher each = load(directory, 1);
    Matcher everyTen = load(directory, 10);
    String crash =
        ChildJvm.run(
                TrtllmScenario.class,
                "-Dscenario=crash",
                "-Dcheckpoint=" + directory,
                "-Dllm=",
                "-Dsettings=")
            .output();
    Matcher ended = Pattern.compile("(\\d+) requests ended as FATAL").matcher(crash);
    assertThat(ended.find()).as(crash).isTrue();
    Path figures = Files.createDirectories(Path.of("target", "figures")).resolve("trtllm.txt");
    Files.writeString(
        figures,
        "trtllm stand_in=true %s tokens_per_s=%s tokens_per_s_interval_10=%s crash_errors=%s/16%n"
            .formatted(each.group(1), each.group(2), everyTen.group(2), ended.group(1)));
  }

  private static Matcher load(Path checkpoint, int interval) {
    ChildJvm.Result result =
        ChildJvm.run(
            TrtllmLoad.class, "-Dcheckpoint=" + checkpoint, "-Dinterval=" + interval, "-Xmx512m");
    Matcher found = LOAD.matcher(result.output());
    assertThat(found.find()).as(result.output()).isTrue();
    return found;
  }
}
