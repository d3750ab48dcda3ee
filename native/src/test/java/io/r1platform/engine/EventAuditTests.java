package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventAuditTests {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final int TOKEN = 1;
  private static final int CONTINUED = 2;
  private static final int FINISHED = 3;
  private static final int LENGTH = 3;

  private final EventBuffer events = new EventBuffer(64);
  private final EventAudit audit = new EventAudit();
  private int count;

  private int record(long request, int kind, int flags, int tokenId) {
    ByteBuffer bytes = events.bytes();
    int at = count++ * 64;
    bytes.putLong(at, request).putShort(at + 8, (short) kind).putShort(at + 10, (short) flags);
    bytes.putInt(at + 12, tokenId);
    return at;
  }

  private void token(long request, int tokenId, int index) {
    events.bytes().putInt(record(request, TOKEN, 0, tokenId) + 20, index);
  }

  private void finished(long request, int tokens, long hash) {
    int at = record(request, FINISHED, LENGTH, 0);
    events.bytes().putInt(at + 24, tokens).putLong(at + 56, hash);
  }

  private void check() {
    events.fill(count);
    audit.check(events);
    count = 0;
  }

  private static long hash(int... ids) {
    long hash = FNV_OFFSET;
    for (int id : ids) {
      hash = EventAudit.hash(hash, id);
    }
    return hash;
  }

  @Test
  void theHashIsFnv1a() {
    // The four bytes of this id are the text "foob" of the algorithm's published vectors.
    int id = ByteBuffer.wrap("boof".getBytes(StandardCharsets.US_ASCII)).getInt();
    assertThat(EventAudit.hash(FNV_OFFSET, id)).isEqualTo(0xdd120e790c2512afL);
  }

  @Test
  void wholeStreamsPassAlsoOverManyPolls() {
    token(1, 5, 1);
    token(2, 9, 1);
    check();
    token(1, 6, 2);
    finished(2, 1, hash(9));
    finished(1, 2, hash(5, 6));
    finished(3, 0, hash());
    assertThatCode(this::check).doesNotThrowAnyException();
    assertThat(events.next()).as("rewound for the reader").isTrue();
  }

  /** Requests come and go in every order, many at once, and are never confused. */
  @Test
  void thousandsOfRequestsAreToldApart() {
    Random random = new Random(3);
    Map<Long, List<Integer>> open = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      long id = 1 + random.nextInt(3_000) * 0x100000001L;
      List<Integer> tokens = open.computeIfAbsent(id, any -> new ArrayList<>());
      if (random.nextInt(4) > 0) {
        int tokenId = random.nextInt(100_000);
        tokens.add(tokenId);
        token(id, tokenId, tokens.size());
      } else {
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        finished(id, ids.length, hash(ids));
        open.remove(id);
      }
      check();
    }
    assertThat(open).hasSizeGreaterThan(1_000);
  }

  @Test
  void aLostTokenIsNoticed() {
    token(1, 5, 1);
    token(1, 7, 3);
    assertThatThrownBy(this::check).isInstanceOf(EngineException.class).hasMessageContaining("1");
  }

  @Test
  void aDoubledTokenIsNoticed() {
    token(1, 5, 1);
    token(1, 5, 1);
    assertThatThrownBy(this::check).isInstanceOf(EngineException.class);
  }

  @Test
  void aMissingLastTokenIsNoticed() {
    token(1, 5, 1);
    finished(1, 2, hash(5, 6));
    assertThatThrownBy(this::check).hasMessageContaining("2 tokens were sent, 1 came");
  }

  @Test
  void anotherTokenThanSentIsNoticed() {
    token(1, 5, 1);
    finished(1, 1, hash(6));
    assertThatThrownBy(this::check).hasMessageContaining("not those");
  }

  @Test
  void aLongPieceIsJoinedFromItsRecords() {
    String piece = "한".repeat(40); // 120 bytes: 32, 48 and 40
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    int at = record(7, TOKEN, 0, 3);
    events.bytes().putInt(at + 20, 1).putShort(at + 24, (short) bytes.length);
    events.bytes().put(at + 32, bytes, 0, 32);
    events.bytes().put(record(7, CONTINUED, 0, 0) + 16, bytes, 32, 48);
    events.bytes().put(record(7, CONTINUED, 0, 0) + 16, bytes, 80, 40);
    token(8, 4, 1);
    check();
    assertThat(events.next()).isTrue();
    assertThat(new String(events.piece(), StandardCharsets.UTF_8)).isEqualTo(piece);
    assertThat(events.next()).isTrue();
    assertThat(events.requestId()).isEqualTo(8);
    assertThat(events.next()).isFalse();
    assertThat(events.next()).isFalse();
    assertThatThrownBy(events::kind).isInstanceOf(IllegalStateException.class);
  }
}
