package io.r1platform.billing.exports;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Where files go. Each appears whole or not at all. */
sealed interface Target permits FolderTarget, S3Target {
  /** Where it is: two of the same key are the same place. */
  String key();

  /** A local directory for drafts, which exists. */
  Path drafts() throws IOException;

  /** Takes a finished draft under its name; the draft is gone then. */
  void put(String name, Path draft) throws IOException;

  /** Takes a file away, if it is there. */
  void remove(String name) throws IOException;

  /** Whether this very file is there, byte for byte. */
  boolean has(Part part) throws IOException;

  /** Takes away files of earlier exports of this dataset that are none of {@code names}. */
  void removeOthers(String dataset, Set<String> names) throws IOException;
}
