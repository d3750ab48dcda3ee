package io.r1platform.billing.receipts;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.LogFolder;
import io.r1platform.receipts.LogTree;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.SignedNote;
import io.r1platform.receipts.Tile;
import io.r1platform.receipts.TiledLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Publishes the log to a folder, each second: tiles first, the checkpoint last, so that whoever
 * reads the checkpoint finds all that it is of. The folder's own checkpoint says how far it is: a
 * process that dies leaves nothing to clean up, and the next one goes on from there. Whether the
 * folder is the beginning of the log is looked at each time: a database may be restored meanwhile.
 */
@Component
class LogPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(LogPublisher.class);
  private static final String WHAT = "the folder's checkpoint";

  private final @Nullable Path folder;
  private final JdbcClient jdbc;
  private final Receipts receipts;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private volatile Instant upToDate;
  private @Nullable String told;

  LogPublisher(
      LogSettings settings,
      JdbcClient jdbc,
      Receipts receipts,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.folder = settings.folder();
    this.jdbc = jdbc;
    this.receipts = receipts;
    this.transaction = transaction;
    this.clock = clock;
    this.upToDate = clock.instant();
    meters.gauge(BillingMetric.LOG_FOLDER_BEHIND.meterName(), this, LogPublisher::secondsBehind);
  }

  private double secondsBehind() {
    return folder == null ? 0 : Duration.between(upToDate, clock.instant()).toSeconds();
  }

  @Scheduled(fixedDelayString = "PT1S", initialDelayString = "PT1S")
  void eachSecond() {
    try {
      if (publish()) {
        told = null;
      }
    } catch (DataAccessException
        | TransactionException
        | UncheckedIOException
        | NotGenuine
        | IllegalStateException e) {
      String what = e.toString();
      if (!what.equals(told)) { // the same each second is told once; the metric goes on telling
        LOG.error("The log of receipts could not be published to {}", folder, e);
        told = what;
      }
    }
  }

  /**
   * Once, unless another process does.
   *
   * @return whether the folder is as far as the log; false: another process is at it, or none is
   *     wanted
   * @throws IllegalStateException if the folder has another log, or more of it
   */
  boolean publish() {
    Path to = folder;
    if (to == null) {
      return false;
    }
    boolean done =
        Boolean.TRUE.equals(
            transaction.execute(
                status -> {
                  boolean alone =
                      jdbc.sql("select pg_try_advisory_xact_lock(hashtext('billing.log.folder'))")
                          .query(Boolean.class)
                          .single();
                  if (alone) {
                    publish(to);
                  }
                  return alone;
                }));
    if (done) {
      upToDate = clock.instant();
    }
    return done;
  }

  private void publish(Path to) {
    String note = receipts.checkpoint().orElse(null);
    if (note == null) {
      return;
    }
    try {
      Checkpoint now = Checkpoint.parse(SignedNote.parse(note, WHAT).text(), WHAT);
      Path file = to.resolve(LogFolder.CHECKPOINT);
      long before = 0;
      if (Files.exists(file)) {
        String known = Files.readString(file);
        if (known.equals(note)) {
          return;
        }
        before = continued(Checkpoint.parse(SignedNote.parse(known, WHAT).text(), WHAT), now);
      }
      write(to, before, now.size());
      put(to.resolve(LogFolder.KEYS), receipts.keys().getBytes(StandardCharsets.UTF_8));
      sync(to);
      put(file, note.getBytes(StandardCharsets.UTF_8));
      sync(to);
      removePartial(to, before, now.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many entries the folder has, if they are the first ones of what is signed now. */
  private long continued(Checkpoint known, Checkpoint now) {
    if (!known.origin().equals(now.origin()) || known.size() > now.size()) {
      throw new IllegalStateException(
          "The folder has %d entries of %s, which is not %s or has more than were signed. Nothing"
                  .formatted(known.size(), known.origin(), now.origin())
              + " is published; see 'A restored database' in docs/operations/receipts-log.md.");
    }
    if (known.size() > 0) {
      var hasher = new Hasher();
      var tiles = new TiledLog((level, index) -> Tiles.stored(jdbc, level, index), hasher);
      Hash root = new LogTree(tiles, hasher).root(known.size());
      if (!root.equals(known.root())) {
        throw new IllegalStateException(
            "The folder's %d entries are not the log's. Nothing is published."
                .formatted(known.size()));
      }
    }
    return known.size();
  }

  /** Tiles that have grown between the two sizes, each as large as it is now. */
  private void write(Path to, long before, long size) throws IOException {
    Set<Path> directories = new LinkedHashSet<>();
    for (int level = 0; Tile.width(level, 0, size) > 0; level++) {
      long index = (before >>> (level * Tile.HEIGHT)) / Tile.FULL;
      for (int width; (width = Tile.width(level, index, size)) > 0; index++) {
        Path file = LogFolder.file(to, new Tile(level, index, width));
        byte[] hashes = Tiles.stored(jdbc, level, index);
        if (hashes.length < width * Hash.BYTES) {
          throw new IllegalStateException(
              "tile %d of level %d has only %d bytes".formatted(index, level, hashes.length));
        }
        directories(Objects.requireNonNull(file.getParent()), to, directories);
        put(file, Arrays.copyOf(hashes, width * Hash.BYTES));
      }
    }
    for (Path directory : directories) {
      sync(directory);
    }
  }

  /** Partial tiles that are full by now, which has all that they had. */
  private void removePartial(Path to, long before, long size) throws IOException {
    for (int level = 0; Tile.width(level, 0, size) > 0; level++) {
      long index = (before >>> (level * Tile.HEIGHT)) / Tile.FULL;
      for (; Tile.width(level, index, size) == Tile.FULL; index++) {
        Path full = LogFolder.file(to, new Tile(level, index, Tile.FULL));
        Path partial = full.resolveSibling(full.getFileName() + ".p");
        if (Files.isDirectory(partial)) {
          try (Stream<Path> files = Files.list(partial)) {
            for (Path one : files.toList()) {
              Files.delete(one);
            }
          }
          Files.delete(partial);
        }
      }
    }
  }

  /** Makes a directory; it and those above get noted, to be made durable. */
  private static void directories(Path directory, Path top, Set<Path> noted) throws IOException {
    if (noted.add(directory)) {
      Files.createDirectories(directory);
      Path above = directory.getParent();
      if (above != null && !directory.equals(top)) {
        directories(above, top, noted);
      }
    }
  }

  /** A reader sees the file of before or this one, whole. */
  private static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
