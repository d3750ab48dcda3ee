package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** Signs notes with an Ed25519 key. */
public final class NoteSigner {
  private static final int SIGNATURE_BYTES = 64;
  private static final int SEED_BYTES = 32;
  private static final byte ED25519 = 1;
  private static final String SECRET = "PRIVATE+KEY+";

  private final NoteKey key;
  private final PrivateKey secret;

  /**
   * A new key: its secret text, which is to be kept in a file.
   *
   * @param name of the signer: the log's origin
   */
  public static String generate(String name, SecureRandom random) {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    NoteKey key = ofSeed(name, seed).key;
    byte[] bytes = ByteBuffer.allocate(1 + SEED_BYTES).put(ED25519).put(seed).array();
    return "%s%s+%08x+%s"
        .formatted(SECRET, name, key.id(), Base64.getEncoder().encodeToString(bytes));
  }

  /**
   * From a secret text, {@code PRIVATE+KEY+name+id+key} of Go's note package.
   *
   * @throws NotGenuine if it is anything else; the message does not show it
   */
  public static NoteSigner parse(String secret) {
    String[] parts = secret.split("\\+", 5);
    if (parts.length == 5 && secret.startsWith(SECRET)) {
      try {
        byte[] bytes = Base64.getDecoder().decode(parts[4]);
        if (bytes.length == 1 + SEED_BYTES && bytes[0] == ED25519) {
          NoteSigner signer = ofSeed(parts[2], Arrays.copyOfRange(bytes, 1, bytes.length));
          if (parts[3].equals("%08x".formatted(signer.key.id()))) {
            return signer;
          }
        }
      } catch (IllegalArgumentException e) {
        throw new NotGenuine("the signing key is not base64", e);
      }
    }
    throw new NotGenuine("it is not a signing key PRIVATE+KEY+name+id+key");
  }

  /**
   * From the 32 bytes that RFC 8032 makes both keys of. The JDK gives no public key for a private
   * one, but makes the two of what a random source gives.
   *
   * @throws IllegalArgumentException if there are not 32
   */
  public static NoteSigner ofSeed(String name, byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("a signing key has 32 bytes, not " + seed.length);
    }
    try {
      var maker = KeyPairGenerator.getInstance("Ed25519");
      maker.initialize(NamedParameterSpec.ED25519, new Seed(seed));
      KeyPair pair = maker.generateKeyPair();
      return new NoteSigner(name, pair.getPublic(), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Gives one seed. */
  private static final class Seed extends SecureRandom {
    private final transient byte[] seed;

    private Seed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      if (bytes.length != seed.length) {
        throw new IllegalStateException("a key takes a seed of 32 bytes");
      }
      System.arraycopy(seed, 0, bytes, 0, seed.length);
    }
  }

  /**
   * With a pair of keys.
   *
   * @throws IllegalArgumentException if they are no pair
   */
  public NoteSigner(String name, PublicKey key, PrivateKey secret) {
    this.key = NoteKey.of(name, key);
    this.secret = secret;
    byte[] probe = name.getBytes(StandardCharsets.UTF_8);
    if (!this.key.signed(probe, signature(probe))) {
      throw new IllegalArgumentException("the private key is not of the public one");
    }
  }

  /** What its notes are checked with. */
  public NoteKey key() {
    return key;
  }

  /** The text, which ends in a newline, with the signature. */
  public String sign(String text) {
    byte[] signature = signature(text.getBytes(StandardCharsets.UTF_8));
    byte[] bytes =
        ByteBuffer.allocate(Integer.BYTES + SIGNATURE_BYTES)
            .putInt(key.id())
            .put(signature)
            .array();
    String line = "— %s %s\n".formatted(key.name(), Base64.getEncoder().encodeToString(bytes));
    return text + "\n" + line;
  }

  private byte[] signature(byte[] text) {
    try {
      var signing = Signature.getInstance("Ed25519");
      signing.initSign(secret);
      signing.update(text);
      return signing.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key cannot sign", e);
    }
  }
}
