package io.r1platform.billing.exports;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes an export's files: the rows of one snapshot, in parts, each by a child process that reads
 * what it wrote. Then the manifest.
 */
@Component
class ExportWriter {
  /** Whom the writer tells how far it is; what it throws ends the export. */
  interface Progress {
    /** By which another thread ends the export before its first row has come. */
    default FirstRowWait firstRow() {
      return new FirstRowWait();
    }

    /** The rows are being read: none that are there can leave before the export ends. */
    default void reads() throws IOException {}

    /** Rows that were read; called now and then, and before anything in the place changes. */
    default void rows(long rows) throws IOException {}

    /** A part that is in its place. */
    default void done(Part part) throws IOException {}

    /** The part of this number, if an earlier try has put it there. */
    default Optional<Part> kept(int no) {
      return Optional.empty();
    }
  }

  /** The rows are not those of which an earlier try made parts: it has to begin anew. */
  static final class RowsChanged extends IOException {
    RowsChanged(String part) {
      super("The rows of " + part + " changed since it was written.");
    }
  }

  /** What the names of directories of drafts begin with. */
  static final String DRAFTS = "r1-export-";

  private static final int ROWS_BETWEEN_WORDS = 50_000;
  private static final int MOST_PARTS = 99_999;

  private final Snapshots snapshots;
  private final JsonMapper json;
  private final ExportSettings settings;

  ExportWriter(Snapshots snapshots, JsonMapper json, ExportSettings settings) {
    this.snapshots = snapshots;
    this.json = json.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();
    this.settings = settings;
  }

  /**
   * Writes all of it, while nobody else writes there.
   *
   * @throws PessimisticLockingFailureException if somebody else does
   * @throws RowsChanged if kept parts are of other rows
   * @throws FirstRowWait.Ended if the progress' wait was ended; nothing was changed
   * @throws IOException if anything fails; then there is no manifest, or nothing was changed
   */
  Manifest write(Scope scope, FileFormat format, Target target, Progress progress)
      throws IOException {
    Path drafts = Files.createTempDirectory(target.drafts(), DRAFTS);
    try {
      Path scratch = Files.createTempDirectory(Targets.scratch(), DRAFTS); // of mode 0700
      try {
        return snapshots.readFor(
            target.key(),
            scope.dataset(),
            CopyQuery.forChild(scope, format),
            progress.firstRow(),
            (rows, beside) ->
                new Run(scope, format, target, progress, drafts, scratch).write(rows, beside));
      } finally {
        delete(scratch);
      }
    } finally {
      delete(drafts);
    }
  }

  /** One export. */
  private final class Run {
    private final Scope scope;
    private final FileFormat format;
    private final Target target;
    private final Progress progress;
    private final Path drafts;
    private final Path scratches;
    private long read;
    private boolean changed;

    Run(
        Scope scope,
        FileFormat format,
        Target target,
        Progress progress,
        Path drafts,
        Path scratches) {
      this.scope = scope;
      this.format = format;
      this.target = target;
      this.progress = progress;
      this.drafts = drafts;
      this.scratches = scratches;
    }

    Manifest write(Rows rows, Snapshots.Beside beside) throws IOException {
      progress.reads();
      progress.rows(read);
      List<Part> parts = new ArrayList<>();
      do { // an empty scope has a part too: its schema
        if (parts.size() == MOST_PARTS) {
          throw new IOException("More than " + MOST_PARTS + " parts; narrow the scope.");
        }
        parts.add(part(parts.size() + 1, rows));
      } while (rows.hasNext());
      Manifest manifest = Manifest.of(scope, format, parts, beside);
      Path draft = drafts.resolve(Manifest.NAME);
      Files.writeString(draft, json.writeValueAsString(manifest) + "\n");
      beforeChange();
      target.removeOthers(
          scope.dataset().name(), parts.stream().map(Part::file).collect(Collectors.toSet()));
      target.put(Manifest.NAME, draft);
      return manifest;
    }

    private Part part(int no, Rows rows) throws IOException {
      Optional<Part> kept = progress.kept(no);
      if (kept.isPresent() && target.has(kept.get())) {
        MessageDigest input = Hashes.digest();
        pump(rows, Totals.of(scope), input, row -> {});
        if (!Hashes.hex(input).equals(kept.get().inputSha256())) {
          throw new RowsChanged(kept.get().file());
        }
        return kept.get();
      }
      String name = Part.name(scope, format, no);
      Path scratch = Files.createDirectory(scratches.resolve("part-" + no));
      Path draft = drafts.resolve(name);
      var totals = Totals.of(scope);
      MessageDigest input = Hashes.digest();
      PartProcess.Content content;
      try (PartProcess child =
          PartProcess.start(scope, format, draft, scratch, settings.childMemoryMib())) {
        pump(rows, totals, input, child::write);
        content = child.finish();
      }
      requireContent(name, content, totals);
      Part part =
          new Part(
              no,
              name,
              totals.rows(),
              totals.pico(),
              Files.size(draft),
              Hashes.sha256(draft),
              Hashes.hex(input),
              content.peakKib());
      beforeChange();
      target.put(name, draft);
      delete(scratch);
      progress.done(part);
      return part;
    }

    /** What fails before leaves an earlier export whole. */
    private void beforeChange() throws IOException {
      progress.rows(read);
      if (!changed) {
        target.remove(Manifest.NAME);
        changed = true;
      }
    }

    private void pump(Rows rows, Totals totals, MessageDigest input, Sink to) throws IOException {
      while (rows.hasNext() && totals.rows() < settings.partRows()) {
        byte[] row = rows.next();
        totals.add(row);
        input.update(row);
        to.write(row);
        if (++read % ROWS_BETWEEN_WORDS == 0) {
          progress.rows(read);
        }
      }
    }
  }

  private interface Sink {
    void write(byte[] row) throws IOException;
  }

  /** What the file holds is what the database said, or it is not delivered. */
  private static void requireContent(String name, PartProcess.Content content, Totals totals)
      throws IOException {
    Map<String, BigDecimal> sent = nonzero(totals.sums());
    Map<String, BigDecimal> found = nonzero(content.sums());
    if (content.rows() != totals.rows() || !sent.equals(found)) {
      throw new IOException(
          "%s holds %d rows over %s, not %d over %s."
              .formatted(name, content.rows(), found, totals.rows(), sent));
    }
  }

  private static Map<String, BigDecimal> nonzero(Map<String, BigDecimal> sums) {
    var some = new TreeMap<>(sums);
    some.values().removeIf(sum -> sum.signum() == 0);
    return some;
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
