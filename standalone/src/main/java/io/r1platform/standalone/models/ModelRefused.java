package io.r1platform.standalone.models;

/** A model that is not taken; the message says what is wrong and what would be right. */
public final class ModelRefused extends IllegalStateException {
  /** With that message. */
  public ModelRefused(String message) {
    super(message);
  }
}
