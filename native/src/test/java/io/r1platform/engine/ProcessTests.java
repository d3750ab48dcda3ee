package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only a process of its own shows. */
@Timeout(300)
class ProcessTests {
  @Test
  void theJvmFindsNoFaultInTheNativeMethods() {
    ChildJvm.Result result = ChildJvm.run(EveryNativeMethod.class, "-Xcheck:jni");
    assertThat(result.output())
        .contains(EveryNativeMethod.LAST_WORD)
        .doesNotContain("WARNING in native method")
        .doesNotContain("FATAL ERROR in native method")
        .doesNotContain("WARNING: JNI");
    assertThat(result.exitCode()).isZero();
  }

  /** The heap has a fixed, touched size, so that growth is native. */
  private static String run(Class<?> main) {
    ChildJvm.Result result =
        ChildJvm.run(
            main,
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  @Test
  void requestsLeakNothing() {
    assertThat(kib(run(ManyRequests.class), "requests")).isLessThan(8 * 1024);
  }

  /**
   * Two hundred engines leave behind less than 20 KiB each, about what the allocator and the JVM
   * make of it: the least part of an engine, its weights, is over 900 KiB.
   */
  @Test
  void openAndCloseKeepMemoryFlat() {
    assertThat(kib(run(ManyEngines.class), "grown")).isLessThan(20 * ManyEngines.BETWEEN);
  }

  /** Every row of the table in docs/engine.md that input can reach. */
  @Test
  void badInputNeverAbortsTheProcess() throws IOException {
    ChildJvm.Result result = ChildJvm.run(EveryHazard.class);
    assertThat(result.exitCode()).as(result.output()).isZero();
    List<String> survived =
        Pattern.compile("survived (\\w+)")
            .matcher(result.output())
            .results()
            .map(found -> Hazard.valueOf(found.group(1)).row())
            .toList();
    assertThat(survived)
        .containsExactlyInAnyOrderElementsOf(
            tableOfHazards().stream().filter(row -> !Hazard.NOT_OF_INPUT.contains(row)).toList());
  }

  /** The first cells of the table. */
  private static List<String> tableOfHazards() throws IOException {
    String page = Files.readString(Path.of("../docs/engine.md"));
    int from = page.indexOf("## What would end the process");
    return page.substring(from, page.indexOf("\n## ", from))
        .lines()
        .filter(line -> line.startsWith("| "))
        .skip(1) // its head
        .map(line -> line.substring(2, line.indexOf(" | ")))
        .toList();
  }

  private static long kib(String output, String what) {
    Matcher matcher = Pattern.compile(what + " (-?\\d+)").matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
