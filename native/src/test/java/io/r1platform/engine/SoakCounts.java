package io.r1platform.engine;

/** What a soak did. Every request ends once, or its engine was closed before. */
final class SoakCounts {
  long loads;
  long requests;
  long cancelled;
  long ends;
  long cutOff;

  @Override
  public String toString() {
    return "loads %d requests %d cancelled %d ends %d cut_off %d"
        .formatted(loads, requests, cancelled, ends, cutOff);
  }
}
