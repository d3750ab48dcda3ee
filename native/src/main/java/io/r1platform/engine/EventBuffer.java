package io.r1platform.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The events of one {@link Engine#poll}, read as by a cursor: {@link #next} moves to the next one,
 * the other methods read it. Allocates once, when it is made. Belongs to the polling thread.
 */
public final class EventBuffer {
  /** What an event says. */
  public enum Kind {
    /** One token. */
    TOKEN,
    /** The request ended well, cancelled ones included; its last event. */
    FINISHED,
    /** The request failed; its last event. */
    ERROR
  }

  /** Records of one token at most: its first, 10 of its piece, 4 of alternatives, and its end. */
  static final int EVENTS_PER_TOKEN_MAX = 16;

  private static final int EVENT_BYTES = 64;
  private static final int FIRST_PIECE_BYTES = 32;
  private static final int MORE_PIECE_BYTES = 48;
  private static final int ALTERNATIVES_PER_EVENT = 6;
  private static final int KIND_TOKEN = 1;
  private static final int KIND_FINISHED = 3;
  private static final int KIND_ERROR = 4;
  private static final int FLAG_END = 1;
  private static final int FLAG_CONTROL = 2;

  private final ByteBuffer events;
  private final int capacity;
  private int count;
  private int at;

  /** A buffer of so many records of 64 bytes: 16 to 65,536. 4,096 serve 16 sequences well. */
  public EventBuffer(int capacity) {
    if (capacity < EVENTS_PER_TOKEN_MAX || capacity > 65_536) {
      throw new IllegalArgumentException("capacity must be 16 to 65536, is " + capacity);
    }
    this.capacity = capacity;
    this.events = ByteBuffer.allocateDirect(capacity * EVENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fill(0);
  }

  /** Moves to the next event; false at the end. */
  public boolean next() {
    do {
      at++;
    } while (at < count && !startsEvent(kindCode(at)));
    if (at >= count) {
      at = count;
      return false;
    }
    return true;
  }

  /** What the event says. */
  public Kind kind() {
    return switch (kindCode(base() / EVENT_BYTES)) {
      case KIND_TOKEN -> Kind.TOKEN;
      case KIND_FINISHED -> Kind.FINISHED;
      case KIND_ERROR -> Kind.ERROR;
      default -> throw new EngineException(EngineStatus.ABI, "event of unknown kind");
    };
  }

  /** The request it belongs to. */
  public long requestId() {
    return events.getLong(base());
  }

  /** TOKEN: its id. */
  public int tokenId() {
    return events.getInt(base() + 12);
  }

  /** TOKEN: whether it is an end or stop token, the last one. */
  public boolean end() {
    return (flags() & FLAG_END) != 0;
  }

  /** TOKEN: whether it is a marker such as {@code <think>}, not text. */
  public boolean control() {
    return (flags() & FLAG_CONTROL) != 0;
  }

  /** TOKEN: its place in the output, from 1. */
  public int index() {
    return events.getInt(base() + 20);
  }

  /** TOKEN: how many bytes its piece has, 0 to 512. A character may span tokens. */
  public int pieceLength() {
    return Short.toUnsignedInt(events.getShort(base() + 24));
  }

  /** TOKEN: writes the piece's bytes; returns {@link #pieceLength}. */
  public int copyPiece(byte[] target, int offset) {
    int length = pieceLength();
    int copied = Math.min(length, FIRST_PIECE_BYTES);
    events.get(base() + 32, target, offset, copied);
    for (int more = at + 1; copied < length; more++) {
      int part = Math.min(length - copied, MORE_PIECE_BYTES);
      events.get(more * EVENT_BYTES + 16, target, offset + copied, part);
      copied += part;
    }
    return length;
  }

  /** TOKEN: the piece's bytes in an array of its own. */
  public byte[] piece() {
    byte[] piece = new byte[pieceLength()];
    copyPiece(piece, 0);
    return piece;
  }

  /** TOKEN: its natural logprob by the raw logits; 0 unless the request asked. */
  public float logprob() {
    return events.getFloat(base() + 16);
  }

  /** TOKEN: how many alternatives came with it, the likeliest first; it may be among them. */
  public int alternatives() {
    return Short.toUnsignedInt(events.getShort(base() + 26));
  }

  /** TOKEN: the id of an alternative, from 0. */
  public int alternativeId(int which) {
    return events.getInt(alternativeAt(which));
  }

  /** TOKEN: the logprob of an alternative, from 0. */
  public float alternativeLogprob(int which) {
    return events.getFloat(alternativeAt(which) + 4);
  }

  private int alternativeAt(int which) {
    Objects.checkIndex(which, alternatives());
    int continued = Math.ceilDiv(Math.max(0, pieceLength() - FIRST_PIECE_BYTES), MORE_PIECE_BYTES);
    int record = at + 1 + continued + which / ALTERNATIVES_PER_EVENT;
    return record * EVENT_BYTES + 16 + which % ALTERNATIVES_PER_EVENT * 8;
  }

  /** FINISHED: why. */
  public FinishReason reason() {
    return FinishReason.ofCode(flags());
  }

  /** ERROR: what kind of failure. */
  public EngineStatus status() {
    return EngineStatus.ofCode(events.getInt(base() + 12));
  }

  /** FINISHED, ERROR: tokens of the prompt that were computed or taken from the cache. */
  public int promptTokens() {
    return events.getInt(base() + 16);
  }

  /**
   * All kinds: tokens of the prompt taken from the cache, final from the first TOKEN on; −1 if the
   * backend does not tell.
   */
  public int cachedTokens() {
    return events.getInt(base() + (kind() == Kind.TOKEN ? 28 : 20));
  }

  /** FINISHED, ERROR: output tokens, end token included; as many TOKEN events came before. */
  public int outputTokens() {
    return events.getInt(base() + 24);
  }

  /** FINISHED, ERROR: tokens computed after a stop or cancel took effect, without an event. */
  public int overrunTokens() {
    return events.getInt(base() + 28);
  }

  /** FINISHED, ERROR: microseconds from submit to start. */
  public long queueMicros() {
    return events.getLong(base() + 32);
  }

  /** FINISHED, ERROR: microseconds from start to the first token. */
  public long prefillMicros() {
    return events.getLong(base() + 40);
  }

  /** FINISHED, ERROR: microseconds from the first token to the end. */
  public long decodeMicros() {
    return events.getLong(base() + 48);
  }

  /** FINISHED, ERROR: FNV-1a over the output ids; {@link Engine#poll} has checked it. */
  public long idsHash() {
    return events.getLong(base() + 56);
  }

  ByteBuffer bytes() {
    return events;
  }

  int capacity() {
    return capacity;
  }

  /** Starts over before the first of so many new records. */
  void fill(int records) {
    count = records;
    rewind();
  }

  /** Back before the first event. */
  void rewind() {
    at = -1;
  }

  private int base() {
    if (at < 0 || at >= count) {
      throw new IllegalStateException("no event here: call next() first");
    }
    return at * EVENT_BYTES;
  }

  private int flags() {
    return Short.toUnsignedInt(events.getShort(base() + 10));
  }

  /** Not what goes on with a token, nor the engine's counters, which {@link Engine#stats} tells. */
  private static boolean startsEvent(int kind) {
    return kind == KIND_TOKEN || kind == KIND_FINISHED || kind == KIND_ERROR;
  }

  private int kindCode(int record) {
    return Short.toUnsignedInt(events.getShort(record * EVENT_BYTES + 8));
  }
}
