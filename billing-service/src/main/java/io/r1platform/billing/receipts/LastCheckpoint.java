package io.r1platform.billing.receipts;

import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.LogTree;
import io.r1platform.receipts.Nodes;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.SignedNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The newest checkpoint that was public, kept outside of the database: a database restored from a
 * backup does not know what was signed after it, and would sign a second history.
 */
@Component
class LastCheckpoint {
  private static final Logger LOG = LoggerFactory.getLogger(LastCheckpoint.class);
  private static final String WHAT = "the kept checkpoint";
  private static final String HELP =
      "Nothing is signed. See 'A restored database' in docs/operations/receipts-log.md.";

  private final @Nullable Path file;
  private final String origin;
  private @Nullable Checkpoint last;
  private boolean compared;

  LastCheckpoint(LogSettings settings) {
    this.file = settings.checkpointFile();
    this.origin = settings.origin();
    this.last = file != null && Files.exists(file) ? read(file) : null;
  }

  private static Checkpoint read(Path file) {
    try {
      return Checkpoint.parse(SignedNote.parse(Files.readString(file), WHAT).text(), WHAT);
    } catch (IOException | NotGenuine e) {
      throw new IllegalStateException("Cannot read the last checkpoint of the log, " + file, e);
    }
  }

  /**
   * Before anything is signed: the log continues what was public. A log of another name is another
   * log.
   *
   * @throws IllegalStateException if it is smaller, or another one
   */
  synchronized void requireContinued(long size, Nodes nodes) {
    Checkpoint known = last;
    if (known == null || !known.origin().equals(origin)) {
      return;
    }
    if (size < known.size()) {
      throw new IllegalStateException(
          "The log has %d entries, but %d were public: the database is older than that. %s"
              .formatted(size, known.size(), HELP));
    }
    if (!compared) {
      var hasher = new Hasher();
      Hash root =
          known.size() == 0
              ? hasher.plain(new byte[0])
              : new LogTree(nodes, hasher).root(known.size());
      if (!root.equals(known.root())) {
        throw new IllegalStateException(
            "The log is not the one whose %d entries were public. %s"
                .formatted(known.size(), HELP));
      }
      compared = true;
    }
  }

  /** Keeps a checkpoint that is public now; an older one than the kept one of its log is not. */
  synchronized void keep(String note) {
    Path to = file;
    Checkpoint now = Checkpoint.parse(SignedNote.parse(note, WHAT).text(), WHAT);
    Checkpoint known = last;
    if (to == null
        || !now.origin().equals(origin)
        || (known != null && known.origin().equals(origin) && now.size() <= known.size())) {
      return;
    }
    try {
      Path next = to.resolveSibling(to.getFileName() + ".new");
      Files.writeString(next, note);
      Files.move(next, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      last = now;
    } catch (IOException e) {
      LOG.error("The log's newest checkpoint cannot be kept in {}", to, e);
    }
  }
}
