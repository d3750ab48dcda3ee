package io.r1platform.prompts;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that comes in pieces: a character divided among tokens waits until it is whole. Ill-formed
 * bytes become U+FFFD.
 */
final class Utf8Pieces {
  private static final int CHARACTER_BYTES_MAX = 4;

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] waiting = new byte[0];

  /** The text that is whole after these bytes. */
  String accept(byte[] piece) {
    return decode(piece, false);
  }

  /** What still waits, as replacement characters; starts over. */
  String finish() {
    String rest = decode(new byte[0], true);
    decoder.reset();
    return rest;
  }

  private String decode(byte[] piece, boolean last) {
    if (piece.length == 0 && waiting.length == 0) {
      return "";
    }
    ByteBuffer in = ByteBuffer.allocate(waiting.length + piece.length);
    in.put(waiting).put(piece).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + CHARACTER_BYTES_MAX);
    decoder.decode(in, out, last);
    if (last) {
      decoder.flush(out);
    }
    waiting = new byte[in.remaining()];
    in.get(waiting);
    return out.flip().toString();
  }
}
