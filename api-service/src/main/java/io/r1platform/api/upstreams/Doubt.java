package io.r1platform.api.upstreams;

import java.util.Locale;

/** What was wrong with the usage of a foreign server's answer. */
public enum Doubt {
  /** Text came and no usage at all. Nothing is charged. */
  MISSING(false),
  /** Text came without running usage; the usage at the end was there. */
  RUNNING_MISSING(false),
  /** The answer was complete, but its last usage was not there: the last running one counts. */
  FINAL_MISSING(false),
  /** Text came and the usage says 0 tokens. An explicit 0 is 0. */
  ZERO_WITH_TEXT(false),
  /** A count is no whole number from 0 to 2147483647. */
  MALFORMED(true),
  /** Fewer output tokens than before. */
  FELL(true),
  /** Another number of prompt tokens than before. */
  PROMPT_CHANGED(true),
  /** The total is not the sum. */
  SUM_WRONG(true),
  /** More cached tokens than the prompt has. */
  CACHED_ABOVE_PROMPT(true),
  /** More reasoning tokens than output tokens. */
  REASONING_ABOVE_OUTPUT(true),
  /** More prompt tokens than the request has bytes. */
  PROMPT_ABOVE_REQUEST(true),
  /** More output tokens than the text has bytes. */
  OUTPUT_ABOVE_TEXT(true),
  /** More output tokens than were asked for. */
  OUTPUT_ABOVE_CAP(true);

  private final boolean wrong;

  Doubt(boolean wrong) {
    this.wrong = wrong;
  }

  /** Whether a figure cannot be true, so that the last one before it counts. */
  public boolean isWrong() {
    return wrong;
  }

  /** On the wire, for instance {@code fell}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
