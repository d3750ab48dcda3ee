package io.r1platform.receipts;

import java.util.ArrayList;
import java.util.List;

/**
 * That an entry is in the log, to be kept with it: C2SP tlog-proof@v1, without extra data.
 *
 * @param index of the entry, from 0
 * @param hashes from the leaf's sibling up
 * @param checkpoint the signed note
 */
public record InclusionProof(long index, List<Hash> hashes, String checkpoint) {
  private static final String HEAD = "c2sp.org/tlog-proof@v1";
  private static final int MOST_HASHES = 63;

  /** Copies the list. */
  public InclusionProof {
    hashes = List.copyOf(hashes);
  }

  /** As it is stored, in a file named {@code .tlog-proof}. */
  public String text() {
    var text = new StringBuilder(HEAD).append("\nindex ").append(index).append('\n');
    hashes.forEach(hash -> text.append(hash.base64()).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }

  /**
   * Reads one.
   *
   * @throws NotGenuine if it is none
   */
  public static InclusionProof parse(String text, String what) {
    int blank = text.indexOf("\n\n");
    if (blank < 0) {
      throw new NotGenuine(what + " has no checkpoint");
    }
    List<String> lines = Lines.of(text.substring(0, blank + 1), what);
    if (lines.size() < 2 || lines.size() > 2 + MOST_HASHES || !lines.getFirst().equals(HEAD)) {
      throw new NotGenuine(what + " is no proof of " + HEAD);
    }
    var hashes = new ArrayList<Hash>();
    lines.subList(2, lines.size()).forEach(line -> hashes.add(Hash.ofBase64(line)));
    long index = Lines.count(Lines.after("index", lines.get(1), what), what + ": index");
    return new InclusionProof(index, hashes, text.substring(blank + 2));
  }

  /**
   * Checks that the entry is in the log.
   *
   * @throws NotGenuine if the checkpoint is not signed or the proof does not lead to it
   */
  public Checkpoint verify(byte[] entry, TrustedKeys keys, String what) {
    Checkpoint at = Checkpoint.verified(checkpoint, keys, what);
    var hasher = new Hasher();
    Proofs.included(hasher, hasher.leaf(entry), index, at.size(), hashes, at.root());
    return at;
  }
}
