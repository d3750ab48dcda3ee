package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The TensorRT-LLM backend with the stand-in, in a process for each case; not run on a GPU. */
@Timeout(120)
class TrtllmProcessTests {
  @TempDir private Path directory;

  @BeforeAll
  static void assumeBuilt() {
    StandIn.assumeBuilt();
  }

  private String run(String scenario, String plan, String llm, String settings, String... jvm) {
    List<String> arguments = new ArrayList<>(List.of(jvm));
    Map.of(
            "scenario", scenario,
            "checkpoint", StandIn.checkpoint(directory, plan).toString(),
            "llm", llm,
            "settings", settings)
        .forEach((name, value) -> arguments.add("-D" + name + "=" + value));
    ChildJvm.Result result = ChildJvm.run(TrtllmScenario.class, arguments.toArray(String[]::new));
    assertThat(result.output())
        .contains(TrtllmScenario.LAST_WORD)
        .doesNotContain("WARNING in native method")
        .doesNotContain("FATAL ERROR in native method")
        .doesNotContain("WARNING: JNI");
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  @Test
  void aSlowLoadTellsHowFarItIs() {
    String output = run("load", "\"load_seconds\": 2", "", "", "-Xcheck:jni");
    List<Double> progress =
        Pattern.compile("progress (0\\.\\d+)")
            .matcher(output)
            .results()
            .map((MatchResult found) -> Double.valueOf(found.group(1)))
            .toList();
    assertThat(progress).isSorted().hasSizeGreaterThan(4);
    assertThat(progress.stream().distinct().count()).isGreaterThan(4);
    assertThat(output).contains("READY trtllm 0.0.0-stand-in", "the driver is gone");
  }

  @Test
  void closingWhileItLoadsDoesNotWaitForTheModel() {
    String output = run("close", "\"load_seconds\": 60", "", "");
    assertThat(millis(output)).isLessThan(15_000);
  }

  @Test
  void aHangIsFatalAfterItsTimeAndEveryRequestEnds() {
    String output =
        run("hang", "\"context_tokens\": 65536", "", "\"stall_seconds\": 2", "-Xcheck:jni");
    assertThat(output)
        .contains("16 requests ended as FATAL", "phase FAILED")
        .contains("FATAL: the backend gave no news while requests ran");
  }

  @Test
  void newsThatCannotBeReadIsFatalAndEveryRequestEnds() {
    assertThat(run("garbled", "\"context_tokens\": 65536", "", "", "-Xcheck:jni"))
        .contains("16 requests ended as FATAL", "phase FAILED")
        .contains("FATAL: news was lost: TypeError");
  }

  @Test
  void rankCrashEndsEveryRequest() {
    String output = run("crash", "\"context_tokens\": 65536", "", "", "-Xcheck:jni");
    assertThat(output)
        .contains("1 rank killed", "16 requests ended as FATAL", "phase FAILED")
        .contains("FATAL: a rank of the executor has ended");
    assertThat(millis(output)).isLessThan(60_000);
  }

  @Test
  void aCancelThatTheExecutorNeverHearsEndsAllTheSame() {
    String plan = "\"loses_aborts\": 1000000, \"context_tokens\": 65536";
    assertThat(run("deaf", plan, "", "\"stall_seconds\": 1"))
        .contains("CANCELLED, the other null", "request 1: abort has no effect");
  }

  @Test
  void aLoadThatFailsSaysWhy() {
    assertThat(run("load", "\"load_fails\": \"no such layer\"", "", ""))
        .contains("MODEL: no such layer", "the driver is gone");
  }

  @Test
  void tooLittleMemoryIsToldApart() {
    assertThat(run("load", "\"load_fails\": \"CUDA out of memory\"", "", ""))
        .contains("MEMORY: CUDA out of memory");
  }

  @Test
  void anUnknownArgumentOrSettingStopsTheStart() {
    assertThat(run("load", "", "\"tensor_paralel_size\": 8", ""))
        .contains("MODEL: LLM got invalid argument: ['tensor_paralel_size']");
    assertThat(run("load", "", "", "\"stall\": 8"))
        .contains("MODEL: backend_json has the unknown settings ['stall']");
  }

  @Test
  void aNameThatTheWheelLacksStopsTheStart() {
    String without = "\"environment\": {\"R1_STAND_IN_WITHOUT\": \"get_kv_cache_capacity\"}";
    assertThat(run("load", "", "", without))
        .contains("tensorrt_llm 0.0.0-stand-in has no LLM.get_kv_cache_capacity");
    String unwatched = "\"environment\": {\"R1_STAND_IN_WITHOUT\": \"is_shutdown\"}";
    assertThat(run("load", "", "", unwatched))
        .contains("MODEL: 'Executor' object has no attribute 'is_shutdown'");
  }

  @Test
  void guessedTokensTakeFeaturesAway() {
    String mtp = "\"speculative_config\": {\"decoding_type\": \"MTP\", \"max_draft_len\": 3}";
    assertThat(run("speculative", "", mtp, "")).contains("logprobs: UNSUPPORTED", "LENGTH");
  }

  /** The heap has a fixed, touched size, so that growth is native. */
  @Test
  void tenThousandRequestsLeakNothing() {
    String output =
        run(
            "leak",
            "\"step_ms\": 0.1",
            "\"kv_cache_config\": {\"enable_block_reuse\": false}",
            "",
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC");
    long grown =
        Pattern.compile("grown (-?\\d+)")
            .matcher(output)
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .findFirst()
            .orElseThrow();
    assertThat(grown).isLessThan(8 * 1024);
  }

  private static long millis(String output) {
    return Pattern.compile("closed after (\\d+) ms")
        .matcher(output)
        .results()
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .findFirst()
        .orElseThrow();
  }
}
