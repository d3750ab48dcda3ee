package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A text with signatures, C2SP signed-note.
 *
 * @param text what is signed, with the newline at its end
 * @param signatures in their order
 */
public record SignedNote(String text, List<Line> signatures) {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_SIGNATURES = 32;
  private static final String DASH = "— ";

  /**
   * A line of a signature.
   *
   * @param name of the key
   * @param keyId four bytes
   * @param signature in base64
   */
  public record Line(String name, int keyId, String signature) {
    private byte[] bytes() {
      return Base64.getDecoder().decode(signature);
    }
  }

  /** Copies the list. */
  public SignedNote {
    signatures = List.copyOf(signatures);
  }

  /**
   * Reads a note; nothing of it may be believed before {@link #signer}.
   *
   * @throws NotGenuine if it is none
   */
  public static SignedNote parse(String note, String what) {
    if (note.length() > MOST_BYTES) {
      throw new NotGenuine(what + " is too long for a note");
    }
    Lines.of(note, what);
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0) {
      throw new NotGenuine(what + " has no signature");
    }
    var lines = new ArrayList<Line>();
    for (String line : Lines.of(note.substring(blank + 2), what)) {
      lines.add(line(line, what));
    }
    if (lines.isEmpty() || lines.size() > MOST_SIGNATURES) {
      throw new NotGenuine("%s has %d signatures".formatted(what, lines.size()));
    }
    return new SignedNote(note.substring(0, blank + 1), lines);
  }

  private static Line line(String line, String what) {
    int space = line.lastIndexOf(' ');
    if (line.startsWith(DASH) && space > DASH.length()) {
      try {
        String encoded = line.substring(space + 1);
        byte[] bytes = Base64.getDecoder().decode(encoded);
        if (bytes.length > Integer.BYTES
            && Base64.getEncoder().encodeToString(bytes).equals(encoded)) {
          byte[] signature = Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length);
          return new Line(
              line.substring(DASH.length(), space),
              ByteBuffer.wrap(bytes).getInt(),
              Base64.getEncoder().encodeToString(signature));
        }
      } catch (IllegalArgumentException e) {
        throw new NotGenuine(what + " has a broken signature line", e);
      }
    }
    throw new NotGenuine(what + " has a broken signature line");
  }

  /**
   * The first of these keys that signed it. Signatures of others are passed over.
   *
   * @throws NotGenuine if none did, or a signature under one of their names and ids is wrong
   */
  public NoteKey signer(List<NoteKey> keys, String what) {
    byte[] signed = text.getBytes(StandardCharsets.UTF_8);
    for (Line line : signatures) {
      for (NoteKey key : keys) {
        if (key.name().equals(line.name) && key.id() == line.keyId) {
          if (!key.signed(signed, line.bytes())) {
            throw new NotGenuine("%s: the signature of %s is wrong".formatted(what, key.name()));
          }
          return key;
        }
      }
    }
    throw new NotGenuine(what + " is signed by none of the trusted keys");
  }
}
