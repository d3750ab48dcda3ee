package io.r1platform.prompts;

import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** The ids of the markers around tool calls and their outputs. */
record ToolMarkers(
    int callsBegin,
    int callsEnd,
    int callBegin,
    int callEnd,
    int separator,
    int outputsBegin,
    int outputsEnd,
    int outputBegin,
    int outputEnd) {
  /** Empty if the vocabulary lacks one. */
  static Optional<ToolMarkers> of(ToIntFunction<String> markerIds) {
    var markers =
        new ToolMarkers(
            markerIds.applyAsInt("<｜tool▁calls▁begin｜>"),
            markerIds.applyAsInt("<｜tool▁calls▁end｜>"),
            markerIds.applyAsInt("<｜tool▁call▁begin｜>"),
            markerIds.applyAsInt("<｜tool▁call▁end｜>"),
            markerIds.applyAsInt("<｜tool▁sep｜>"),
            markerIds.applyAsInt("<｜tool▁outputs▁begin｜>"),
            markerIds.applyAsInt("<｜tool▁outputs▁end｜>"),
            markerIds.applyAsInt("<｜tool▁output▁begin｜>"),
            markerIds.applyAsInt("<｜tool▁output▁end｜>"));
    return markers.complete() ? Optional.of(markers) : Optional.empty();
  }

  /** Whether it is one of them. */
  boolean contains(int id) {
    return ids().anyMatch(marker -> marker == id);
  }

  private boolean complete() {
    return ids().allMatch(id -> id >= 0);
  }

  private IntStream ids() {
    return IntStream.of(
        callsBegin,
        callsEnd,
        callBegin,
        callEnd,
        separator,
        outputsBegin,
        outputsEnd,
        outputBegin,
        outputEnd);
  }
}
