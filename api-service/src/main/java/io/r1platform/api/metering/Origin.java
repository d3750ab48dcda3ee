package io.r1platform.api.metering;

/** Whose server generated the tokens, and whether its account of them can be believed. */
public enum Origin {
  /** Our inference-service, which writes a receipt of its own. */
  OWN,
  /** A foreign upstream, which has no receipt: its usage is all there is. */
  FOREIGN,
  /** A foreign upstream whose usage was missing or wrong: the last valid figure is charged. */
  FOREIGN_FLAGGED
}
