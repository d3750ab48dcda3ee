package io.r1platform.api.limits;

import io.r1platform.api.errors.ErrorCode;
import java.util.Locale;

/** What a limit counts. */
public enum Kind {
  /** Requests a minute. */
  REQUESTS("requests_per_minute", ErrorCode.RATE_LIMIT_EXCEEDED, "%,d requests a minute"),
  /** Tokens a minute: prompts, and output as it is generated. */
  TOKENS("tokens_per_minute", ErrorCode.RATE_LIMIT_EXCEEDED, "%,d tokens a minute"),
  /** Requests that have not ended. */
  CONCURRENCY("concurrency", ErrorCode.CONCURRENCY_EXCEEDED, "%,d requests at once"),
  /** Requests that the engine has not begun. */
  QUEUE("queue_length", ErrorCode.QUEUE_FULL, "%,d waiting requests");

  private final String wire;
  private final ErrorCode refusal;
  private final String words;

  Kind(String wire, ErrorCode refusal, String words) {
    this.wire = wire;
    this.refusal = refusal;
    this.words = words;
  }

  /** The name on the wire. */
  public String wire() {
    return wire;
  }

  /** Whether it flows in by the minute; else it is free again when a request ends. */
  public boolean isRate() {
    return this == REQUESTS || this == TOKENS;
  }

  ErrorCode refusal() {
    return refusal;
  }

  /** A limit in words. */
  String words(long most) {
    return words.formatted(most);
  }

  static Kind ofStored(String stored) {
    return valueOf(stored.toUpperCase(Locale.ROOT));
  }

  /** The name in the shared table. */
  String stored() {
    return name().toLowerCase(Locale.ROOT);
  }
}
