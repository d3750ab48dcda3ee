package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fuzzes the check of model files for {@code R1_FUZZ_SECONDS} (5), led by coverage, then opens what
 * it took. New inputs stay in {@code target/fuzz/metadata}, so that the next run begins there; the
 * last one opened is the one that ended the process.
 */
@Timeout(300)
class MetadataFuzzTests {
  private static final Path DIRECTORY = Path.of("target/fuzz/metadata").toAbsolutePath();

  @Test
  void whatTheCheckTakesNeverEndsTheProcess() {
    ChildJvm.Result fuzzed = run();
    assertThat(fuzzed.exitCode()).as(fuzzed.output()).isZero();
    assertThat(fuzzed.output()).containsPattern("Done \\d{3,} runs");
    ChildJvm.Result opened = run("-Dr1.fuzz.load=true");
    assertThat(opened.exitCode()).as(last(opened.output())).isZero();
    Matcher count = Pattern.compile(MetadataFuzz.LAST_WORD + "(\\d+)").matcher(opened.output());
    assertThat(count.find()).as(opened.output()).isTrue();
    assertThat(Integer.parseInt(count.group(1))).isGreaterThanOrEqualTo(3); // the good ones
  }

  /** From the input that was opened last on: what a build's log keeps of it is its beginning. */
  private static String last(String output) {
    return output.substring(Math.max(0, output.lastIndexOf(MetadataFuzz.OPENING)));
  }

  private static ChildJvm.Result run(String... more) {
    String seconds = System.getenv().getOrDefault("R1_FUZZ_SECONDS", "5");
    String[] arguments = new String[more.length + 3];
    arguments[0] = "-XX:+EnableDynamicAgentLoading";
    arguments[1] = "-Dr1.fuzz.directory=" + DIRECTORY;
    arguments[2] = "-Dr1.fuzz.seconds=" + seconds;
    System.arraycopy(more, 0, arguments, 3, more.length);
    return ChildJvm.run(MetadataFuzz.class, arguments);
  }
}
