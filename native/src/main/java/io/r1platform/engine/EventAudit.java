package io.r1platform.engine;

/**
 * Recounts the events of every open request, so that a lost or doubled one is noticed where it
 * happens and never becomes a wrong bill. A table of primitives, since it is asked for each token:
 * request ids are never 0, an empty place has id 0, and its neighbours close up when one is freed.
 */
final class EventAudit {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final int NOWHERE = -1;

  private long[] ids = new long[64];
  private int[] tokens = new int[64];
  private long[] hashes = new long[64];
  private int used;

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
    long id = event.requestId();
    int at = find(id);
    if (at == NOWHERE) {
      at = add(id);
    }
    tokens[at]++;
    if (event.index() != tokens[at]) {
      throw broken(event, "token " + event.index() + " came as number " + tokens[at]);
    }
    hashes[at] = hash(hashes[at], event.tokenId());
  }

  private void last(EventBuffer event) {
    int at = find(event.requestId());
    int count = at == NOWHERE ? 0 : tokens[at];
    long hash = at == NOWHERE ? FNV_OFFSET : hashes[at];
    if (at != NOWHERE) {
      remove(at);
    }
    if (count != event.outputTokens()) {
      throw broken(event, event.outputTokens() + " tokens were sent, " + count + " came");
    }
    if (hash != event.idsHash()) {
      throw broken(event, "the tokens that came are not those that were sent");
    }
  }

  private int home(long id) {
    long mixed = id * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 40) & (ids.length - 1);
  }

  private int after(int at) {
    return (at + 1) & (ids.length - 1);
  }

  private int find(long id) {
    for (int at = home(id); ids[at] != 0; at = after(at)) {
      if (ids[at] == id) {
        return at;
      }
    }
    return NOWHERE;
  }

  private int add(long id) {
    if (used * 2 >= ids.length) {
      grow();
    }
    used++;
    return put(id, 0, FNV_OFFSET);
  }

  private int put(long id, int count, long hash) {
    int at = home(id);
    while (ids[at] != 0) {
      at = after(at);
    }
    ids[at] = id;
    tokens[at] = count;
    hashes[at] = hash;
    return at;
  }

  private void grow() {
    long[] oldIds = ids;
    int[] oldTokens = tokens;
    long[] oldHashes = hashes;
    ids = new long[oldIds.length * 2];
    tokens = new int[ids.length];
    hashes = new long[ids.length];
    for (int at = 0; at < oldIds.length; at++) {
      if (oldIds[at] != 0) {
        put(oldIds[at], oldTokens[at], oldHashes[at]);
      }
    }
  }

  /** Frees a place and puts those after it anew, so that a search never stops too early. */
  private void remove(int freed) {
    used--;
    ids[freed] = 0;
    for (int at = after(freed); ids[at] != 0; at = after(at)) {
      long id = ids[at];
      ids[at] = 0;
      put(id, tokens[at], hashes[at]);
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
