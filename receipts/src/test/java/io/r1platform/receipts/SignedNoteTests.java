package io.r1platform.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Notes and checkpoints, against the example of Go's note package and sigstore's reader. */
class SignedNoteTests {
  private static final String GO_SECRET =
      "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
  private static final String GO_KEY =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  private static final String GO_TEXT =
      """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.
      """;
  private static final String GO_NOTE =
      GO_TEXT
          + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
          + "ngotpRZb6KE6RyyBwJnAM=\n";

  private static final String ORIGIN = "r1.example/log";
  private final NoteSigner first =
      NoteSigner.parse(NoteSigner.generate(ORIGIN, new SecureRandom()));
  private final NoteSigner second =
      NoteSigner.parse(NoteSigner.generate(ORIGIN, new SecureRandom()));
  private final Hash root = new Hasher().plain(new byte[] {1});

  @Test
  void signsAndChecksAsGoDoes() {
    NoteSigner signer = NoteSigner.parse(GO_SECRET);
    assertThat(signer.key().text()).isEqualTo(GO_KEY);
    assertThat(NoteKey.parse(GO_KEY)).isEqualTo(signer.key());
    assertThat(signer.sign(GO_TEXT)).isEqualTo(GO_NOTE);
    SignedNote note = SignedNote.parse(GO_NOTE, "note");
    assertThat(note.text()).isEqualTo(GO_TEXT);
    assertThat(note.signer(List.of(signer.key()), "note")).isEqualTo(signer.key());
  }

  @Test
  void everyChangedBitOfANoteWithOneSignatureIsRefused() {
    byte[] note = GO_NOTE.getBytes(StandardCharsets.UTF_8);
    var keys = List.of(NoteKey.parse(GO_KEY));
    for (int bit = 0; bit < note.length * 8; bit++) {
      byte[] changed = note.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(
              () -> SignedNote.parse(Lines.utf8(changed, "note"), "note").signer(keys, "note"))
          .as("bit %d", bit)
          .isInstanceOf(NotGenuine.class)
          .hasMessageStartingWith("note");
    }
  }

  @Test
  void anotherImplementationReadsCheckpoints() throws Exception {
    var checkpoint = new Checkpoint(ORIGIN, 20_852_163, root);
    Method from =
        Class.forName("dev.sigstore.rekor.client.Checkpoints")
            .getDeclaredMethod("from", String.class);
    from.setAccessible(true);
    var theirs =
        (dev.sigstore.rekor.client.RekorEntry.Checkpoint)
            from.invoke(null, first.sign(checkpoint.text()));

    assertThat(theirs.getOrigin()).isEqualTo(ORIGIN);
    assertThat(theirs.getSize()).isEqualTo(20_852_163);
    assertThat(theirs.getBase64Hash()).isEqualTo(root.base64());
    assertThat(theirs.getSignedData()).isEqualTo(checkpoint.text());
    assertThat(theirs.getSignatures()).hasSize(1);
    assertThat(theirs.getSignatures().getFirst().getIdentity()).isEqualTo(ORIGIN);
  }

  @Test
  void aKeySignsOnlyTheSizesThatItHeldFor() {
    var keys =
        new TrustedKeys(
            List.of(
                new TrustedKeys.Key(first.key(), 0, 100),
                new TrustedKeys.Key(second.key(), 100, Long.MAX_VALUE)));
    assertThat(TrustedKeys.parse(keys.text(), "keys")).isEqualTo(keys);
    assertThat(verified(first, 99, keys).size()).isEqualTo(99);
    assertThat(verified(first, 100, keys).size()).isEqualTo(100);
    assertThat(verified(second, 100, keys).size()).isEqualTo(100);
    assertThat(verified(second, 1_000, keys).size()).isEqualTo(1_000);
    assertThatThrownBy(() -> verified(first, 101, keys))
        .hasMessage("checkpoint is signed by none of the trusted keys");
    assertThatThrownBy(() -> verified(second, 99, keys)).isInstanceOf(NotGenuine.class);
  }

  private Checkpoint verified(NoteSigner signer, long size, TrustedKeys keys) {
    String note = signer.sign(new Checkpoint(ORIGIN, size, root).text());
    return Checkpoint.verified(note, keys, "checkpoint");
  }

  @Test
  void aSignatureOfAnUnknownKeyIsPassedOverAndAWrongOneOfAKnownIsNot() {
    String text = new Checkpoint(ORIGIN, 5, root).text();
    String stranger = second.sign(text).substring(text.length() + 1);
    TrustedKeys keys = TrustedKeys.always(first.key());
    assertThat(Checkpoint.verified(first.sign(text) + stranger, keys, "c").size()).isEqualTo(5);
    assertThatThrownBy(() -> Checkpoint.verified(second.sign(text), keys, "c"))
        .hasMessage("c is signed by none of the trusted keys");
    String other = first.sign(new Checkpoint(ORIGIN, 6, root).text());
    String wrong = text + other.substring(text.length());
    assertThatThrownBy(() -> Checkpoint.verified(wrong, keys, "c"))
        .hasMessage("c: the signature of r1.example/log is wrong");
  }

  @Test
  void aProofProvesItsEntryAndNoOther() {
    var hasher = new Hasher();
    byte[] entry = {1, 2, 3};
    Hash other = hasher.leaf(new byte[] {4});
    Hash top = hasher.node(other, hasher.leaf(entry));
    String checkpoint = first.sign(new Checkpoint(ORIGIN, 2, top).text());
    var proof = new InclusionProof(1, List.of(other), checkpoint);
    TrustedKeys keys = TrustedKeys.always(first.key());

    assertThat(proof.text()).startsWith("c2sp.org/tlog-proof@v1\nindex 1\n" + other.base64());
    InclusionProof read = InclusionProof.parse(proof.text(), "proof");
    assertThat(read).isEqualTo(proof);
    assertThat(read.verify(entry, keys, "proof").size()).isEqualTo(2);
    assertThatThrownBy(() -> read.verify(new byte[] {1, 2}, keys, "proof"))
        .hasMessage("the proof of leaf 1 does not lead to the root at 2");
    assertThatThrownBy(() -> InclusionProof.parse(proof.text().replace("@v1", "@v2"), "proof"))
        .isInstanceOf(NotGenuine.class);
    assertThatThrownBy(() -> InclusionProof.parse(proof.text().replace("x 1", "x 01"), "proof"))
        .isInstanceOf(NotGenuine.class);
  }
}
