package io.r1platform.receipts;

/** Something is not what it claims to be; the message names what, and where. */
public final class NotGenuine extends RuntimeException {
  /** Says what is wrong. */
  public NotGenuine(String what) {
    super(what);
  }

  /** Says what is wrong, after what a parser said. */
  public NotGenuine(String what, Throwable cause) {
    super(what, cause);
  }
}
