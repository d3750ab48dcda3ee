package io.r1platform.standalone.commands;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The system tests that can be run alone, each of which ends with a line of figures. */
enum Suite {
  /** The whole journey through OpenAI's own Java client. */
  JOURNEY("JourneyIT"),
  /** Twenty concurrent streams, five of them cut half-way. */
  STREAMS("StreamsIT"),
  /** Each process killed in turn under load. */
  KILL("KillIT"),
  /** Any process killed at any instant, while batches are lost, doubled and reordered. */
  FAULTS("FaultsIT"),
  /** A batch whose gateway is killed half-way; its long form has as many lines as may be. */
  BATCH("BatchIT"),
  /** Files as large as they may be, in little memory; small ones in every run of all tests. */
  FILES("LargeFileIT", true),
  /** The usage file against the ledger. */
  EXPORT("ExportIT"),
  /** Problems through the tenant API: quote, cost, accuracy, ranking, a card that is checked. */
  EVAL("EvalIT"),
  /** Official clients, unchanged; their versions. */
  CLIENTS("ClientsIT"),
  /** The console in Chromium. */
  CONSOLE("ConsoleIT"),
  /** A dead rank of TensorRT-LLM, or rather of the stand-in, under the supervisor. */
  TRTLLM("TrtllmIT"),
  /** One request's trace, log lines and metrics in three services. */
  TRACE("TraceIT"),
  /** One budget, many gateways that die: in full, where every run of all tests has a short form. */
  OVERSPEND("OverspendIT", true),
  /** How soon changes of limits, budgets and keys hold at three gateways; PostgreSQL paused. */
  LIMITS("LimitChangesIT");

  private final String testClass;
  private final boolean isLong;

  Suite(String testClass) {
    this(testClass, false);
  }

  Suite(String testClass, boolean isLong) {
    this.testClass = testClass;
    this.isLong = isLong;
  }

  String testClass() {
    return testClass;
  }

  /** Tells the class whether its long form is wanted, if it has one. */
  String longForm(boolean asked) {
    return "-Dr1.%s.long=%s".formatted(word(), isLong || asked);
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Suite of(String word) {
    return Arrays.stream(values())
        .filter(suite -> suite.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no suite '"
                        + word
                        + "'; there are "
                        + Arrays.stream(values())
                            .map(Suite::word)
                            .collect(Collectors.joining(", "))));
  }
}
