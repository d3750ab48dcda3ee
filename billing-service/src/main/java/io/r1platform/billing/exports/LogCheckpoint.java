package io.r1platform.billing.exports;

import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.SignedNote;
import org.jspecify.annotations.Nullable;

/**
 * The log of receipts as an export's rows saw it: each place among them is smaller than its size.
 *
 * @param origin the log's name
 * @param size how many leaves it had
 * @param rootHash over them, in base64
 * @param note the C2SP checkpoint that says these three, signed
 */
record LogCheckpoint(String origin, String size, String rootHash, String note) {

  static @Nullable LogCheckpoint of(@Nullable String note) {
    if (note == null) {
      return null;
    }
    Checkpoint said = Checkpoint.parse(SignedNote.parse(note, "note").text(), "checkpoint");
    return new LogCheckpoint(said.origin(), Long.toString(said.size()), said.root().base64(), note);
  }
}
