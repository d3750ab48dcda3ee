package io.r1platform.receipts;

import java.util.List;

/**
 * A log at one size, C2SP tlog-checkpoint without extension lines.
 *
 * @param origin which log
 * @param size how many leaves
 * @param root the root over them
 */
public record Checkpoint(String origin, long size, Hash root) {
  private static final int LINES = 3;

  /** What is signed. */
  public String text() {
    return "%s\n%d\n%s\n".formatted(origin, size, root.base64());
  }

  /**
   * Reads what was signed.
   *
   * @throws NotGenuine if it is no checkpoint
   */
  public static Checkpoint parse(String text, String what) {
    List<String> lines = Lines.of(text, what);
    if (lines.size() != LINES || lines.getFirst().isEmpty()) {
      throw new NotGenuine(what + " is not the three lines of a checkpoint");
    }
    return new Checkpoint(
        lines.get(0), Lines.count(lines.get(1), what + ": size"), Hash.ofBase64(lines.get(2)));
  }

  /**
   * Reads a signed one and checks it.
   *
   * @throws NotGenuine if it is none, or no key that held at its size signed it
   */
  public static Checkpoint verified(String note, TrustedKeys keys, String what) {
    SignedNote signed = SignedNote.parse(note, what);
    Checkpoint checkpoint = parse(signed.text(), what);
    NoteKey signer = signed.signer(keys.at(checkpoint.size), what);
    if (!signer.name().equals(checkpoint.origin)) {
      throw new NotGenuine(
          "%s: a key of %s signed for %s"
              .formatted(what, signer.name(), Lines.shown(checkpoint.origin)));
    }
    return checkpoint;
  }
}
