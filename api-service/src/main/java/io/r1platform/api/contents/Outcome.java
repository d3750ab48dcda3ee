package io.r1platform.api.contents;

import java.util.Locale;

/** What became of a prompt with its answer: stored, or why not. */
enum Outcome {
  /** It is in the database. */
  STORED,
  /** Its project does not want it any more, or its tenant deleted it before it was written. */
  WITHDRAWN,
  /** There was no memory for it. */
  MEMORY,
  /** It is larger than one may be. */
  TOO_LARGE,
  /** The project has as much as it may. */
  PROJECT_FULL,
  /** The database did not take it. */
  FAILED;

  /** As a tag of the metric. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
