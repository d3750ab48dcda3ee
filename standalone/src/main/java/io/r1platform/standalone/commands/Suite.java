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
  /** The usage file against the ledger. */
  EXPORT("ExportIT"),
  /** The console in Chromium. */
  CONSOLE("ConsoleIT"),
  /** Metering's protocol under seeded crashes, duplicates, reordering, skew and zombies. */
  SIMULATION("SimulationIT");

  private final String testClass;

  Suite(String testClass) {
    this.testClass = testClass;
  }

  String testClass() {
    return testClass;
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
