package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * An Ed25519 key that notes are checked with, as C2SP's signed-note names it.
 *
 * @param name of the signer: the log's origin
 * @param point the 32 bytes of RFC 8032
 */
public record NoteKey(String name, Hash point) {
  private static final byte ED25519 = 1;

  /** What stands before the 32 bytes in a SubjectPublicKeyInfo. */
  private static final byte[] SPKI_HEAD = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  private static final byte[] TYPE = {'\n', ED25519};

  /**
   * Checks the name.
   *
   * @throws NotGenuine if it is empty or has a space, a control character or a plus
   */
  public NoteKey {
    if (!name.matches("[^\\s\\p{Z}\\p{Cntrl}+]+")) {
      throw new NotGenuine("not a name of a key: " + Lines.shown(name));
    }
  }

  /** Of a key that the JDK made. */
  public static NoteKey of(String name, PublicKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded.length != SPKI_HEAD.length + Hash.BYTES
        || !Arrays.equals(encoded, 0, SPKI_HEAD.length, SPKI_HEAD, 0, SPKI_HEAD.length)) {
      throw new IllegalArgumentException("not an Ed25519 key");
    }
    return new NoteKey(
        name, Hash.of(Arrays.copyOfRange(encoded, SPKI_HEAD.length, encoded.length)));
  }

  /**
   * From the text {@code name+id+key} of Go's note package.
   *
   * @throws NotGenuine if it is anything else
   */
  public static NoteKey parse(String text) {
    int second = text.indexOf('+');
    int third = text.indexOf('+', second + 1);
    if (third > second && second > 0) {
      try {
        byte[] bytes = Base64.getDecoder().decode(text.substring(third + 1));
        if (bytes.length == 1 + Hash.BYTES && bytes[0] == ED25519) {
          var key =
              new NoteKey(
                  text.substring(0, second), Hash.of(Arrays.copyOfRange(bytes, 1, bytes.length)));
          if (key.text().equals(text)) {
            return key;
          }
        }
      } catch (IllegalArgumentException e) {
        throw new NotGenuine("not an Ed25519 key of notes: " + Lines.shown(text), e);
      }
    }
    throw new NotGenuine("not an Ed25519 key of notes: " + Lines.shown(text));
  }

  /** The text {@code name+id+key}. */
  public String text() {
    byte[] bytes = ByteBuffer.allocate(1 + Hash.BYTES).put(ED25519).put(point.bytes()).array();
    return "%s+%08x+%s".formatted(name, id(), Base64.getEncoder().encodeToString(bytes));
  }

  /** The first four bytes of {@code SHA-256(name ‖ newline ‖ 1 ‖ point)}. */
  public int id() {
    byte[] start = name.getBytes(StandardCharsets.UTF_8);
    var all = ByteBuffer.allocate(start.length + TYPE.length + Hash.BYTES);
    all.put(start).put(TYPE).put(point.bytes());
    return (int) (new Hasher().plain(all.array()).a() >>> Integer.SIZE);
  }

  /** Whether it signed these bytes. */
  boolean signed(byte[] text, byte[] signature) {
    try {
      byte[] encoded = Arrays.copyOf(SPKI_HEAD, SPKI_HEAD.length + Hash.BYTES);
      System.arraycopy(point.bytes(), 0, encoded, SPKI_HEAD.length, Hash.BYTES);
      var check = Signature.getInstance("Ed25519");
      check.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      check.update(text);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // the point is on no curve, or the signature has another length
    }
  }
}
