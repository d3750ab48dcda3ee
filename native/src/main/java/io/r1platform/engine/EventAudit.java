package io.r1platform.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * Recounts the events of every open request, so that a lost or doubled one is noticed where it
 * happens and never becomes a wrong bill.
 */
final class EventAudit {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final Map<Long, Tally> open = new HashMap<>();

  /** What came for one request so far. */
  private static final class Tally {
    int tokens;
    long hash = FNV_OFFSET;
  }

  /** Reads all events and rewinds; throws FATAL at the first that does not fit. */
  void check(EventBuffer events) {
    while (events.next()) {
      switch (events.kind()) {
        case TOKEN -> token(events);
        case FINISHED, ERROR -> last(events);
      }
    }
    events.rewind();
  }

  private void token(EventBuffer event) {
    Tally tally = open.computeIfAbsent(event.requestId(), id -> new Tally());
    tally.tokens++;
    if (event.index() != tally.tokens) {
      throw broken(event, "token " + event.index() + " came as number " + tally.tokens);
    }
    tally.hash = hash(tally.hash, event.tokenId());
  }

  private void last(EventBuffer event) {
    Tally tally = open.remove(event.requestId());
    int tokens = tally == null ? 0 : tally.tokens;
    long hash = tally == null ? FNV_OFFSET : tally.hash;
    if (tokens != event.outputTokens()) {
      throw broken(event, event.outputTokens() + " tokens were sent, " + tokens + " came");
    }
    if (hash != event.idsHash()) {
      throw broken(event, "the tokens that came are not those that were sent");
    }
  }

  private static EngineException broken(EventBuffer event, String what) {
    return new EngineException(
        EngineStatus.FATAL, "request " + Long.toUnsignedString(event.requestId()) + ": " + what);
  }

  /** FNV-1a over the four bytes of the id, lowest first. */
  static long hash(long before, int tokenId) {
    long hash = before;
    for (int shift = 0; shift < 32; shift += 8) {
      hash = (hash ^ ((tokenId >>> shift) & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
