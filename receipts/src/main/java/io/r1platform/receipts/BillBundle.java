package io.r1platform.receipts;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the bundle of a month's bill: records are added by log index, then the month's statement is
 * known and goes to the log, then the bundle is written against a checkpoint that has it. Records
 * and indexes are in scratch files; memory does not grow with them.
 */
public final class BillBundle implements AutoCloseable {
  /**
   * What the log and the invoice add.
   *
   * @param statementIndex where the statement is in the log
   * @param start signed checkpoint that the month before ended with
   * @param end signed checkpoint, larger than every index
   * @param keys of the log
   * @param calendars that price windows name
   * @param repriced what was priced anew on this bill
   * @param prices texts of the price versions that records name
   * @param invoice JSON
   * @param pdf of the invoice; null: none
   */
  public record Ending(
      long statementIndex,
      String start,
      String end,
      TrustedKeys keys,
      Calendars calendars,
      Repriced repriced,
      List<String> prices,
      String invoice,
      @Nullable Path pdf) {
    /** Copies the list. */
    public Ending {
      prices = List.copyOf(prices);
    }
  }

  private final Path scratch;
  private final long organizationId;
  private final YearMonth month;
  private final String currency;
  private final Hasher hasher = new Hasher();
  private final SumTree tree = new SumTree(hasher);
  private final OutputStream records;
  private final OutputStream indexes;
  private final ByteBuffer word = ByteBuffer.allocate(Long.BYTES);
  private long last = -1;

  /**
   * Begins one.
   *
   * @param scratch an empty directory, emptied again by {@link #close}
   */
  public BillBundle(Path scratch, long organizationId, YearMonth month, String currency) {
    this.scratch = scratch;
    this.organizationId = organizationId;
    this.month = month;
    this.currency = currency;
    try {
      records = new BufferedOutputStream(Files.newOutputStream(scratch.resolve(Manifest.RECORDS)));
      indexes = new BufferedOutputStream(Files.newOutputStream(scratch.resolve(Manifest.INDEXES)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds a record.
   *
   * @param index in the log, larger than the one before
   * @param record 184 bytes
   */
  public void add(long index, byte[] record) {
    if (index <= last) {
      throw new IllegalArgumentException("log indexes rise, %d does not".formatted(index));
    }
    last = index;
    tree.append(hasher.leaf(record), Sums.of(UsageRecord.of(record)));
    try {
      records.write(record);
      indexes.write(word.putLong(0, index).array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of all that was added. */
  public MonthStatement statement() {
    return new MonthStatement(organizationId, month, currency, tree.root(), tree.sums());
  }

  /** Writes the bundle. */
  public void write(OutputStream out, Ending ending, LogTree log, NoteSigner signer)
      throws IOException {
    records.close();
    indexes.close();
    Checkpoint start = signed(ending.start);
    Checkpoint end = signed(ending.end);
    var bundle = new BundleFile();
    text(bundle, Manifest.INVOICE, ending.invoice);
    if (ending.pdf != null) {
      bundle.add(Manifest.PDF, ending.pdf);
    }
    text(bundle, Manifest.KEYS, ending.keys.text());
    text(bundle, Manifest.START, ending.start);
    text(bundle, Manifest.END, ending.end);
    var consistency = new StringBuilder();
    for (Hash hash : log.consistency(start.size(), end.size())) {
      consistency.append(hash.base64()).append('\n');
    }
    text(bundle, Manifest.CONSISTENCY, consistency.toString());
    text(bundle, Manifest.STATEMENT, statement().text());
    text(bundle, Manifest.CALENDARS, ending.calendars.text());
    if (!ending.repriced.moves().isEmpty()) {
      text(bundle, Manifest.REPRICED, ending.repriced.text());
    }
    var prices = new TreeMap<String, String>();
    for (String text : ending.prices) {
      prices.put(hasher.plain(text.getBytes(StandardCharsets.UTF_8)).hex(), text);
    }
    prices.forEach((hash, text) -> text(bundle, Manifest.PRICES + hash, text));
    bundle.add(Manifest.RECORDS, scratch.resolve(Manifest.RECORDS));
    bundle.add(Manifest.INDEXES, scratch.resolve(Manifest.INDEXES));
    bundle.add(Manifest.PROOF, proof(ending.statementIndex, end.size(), log));
    bundle.write(out, organizationId, month, ending.statementIndex, signer);
  }

  private static Checkpoint signed(String note) {
    return Checkpoint.parse(SignedNote.parse(note, "checkpoint").text(), "checkpoint");
  }

  private void text(BundleFile bundle, String name, String text) {
    try {
      bundle.add(name, Files.writeString(scratch.resolve(name.replace('/', '-')), text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path proof(long statementIndex, long size, LogTree log) throws IOException {
    Path path = scratch.resolve(Manifest.PROOF);
    try (var in =
            new DataInputStream(
                new BufferedInputStream(Files.newInputStream(scratch.resolve(Manifest.INDEXES))));
        var out = new BufferedOutputStream(Files.newOutputStream(path))) {
      ManyProof.write(
          new Indexes(in, statementIndex)::next,
          size,
          log,
          hash -> {
            try {
              out.write(hash.bytes());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    return path;
  }

  /** The records' indexes with the statement's among them. */
  private static final class Indexes {
    private final DataInputStream in;
    private long statement;
    private long ahead;

    private Indexes(DataInputStream in, long statement) {
      this.in = in;
      this.statement = statement;
      this.ahead = read();
    }

    private long next() {
      long next = Math.min(statement, ahead);
      if (next == statement) {
        statement = Long.MAX_VALUE;
      } else {
        ahead = read();
      }
      return next;
    }

    private long read() {
      try {
        return in.readLong();
      } catch (EOFException e) {
        return Long.MAX_VALUE;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Removes the scratch files. */
  @Override
  public void close() throws IOException {
    records.close();
    indexes.close();
    List<Path> files;
    try (var found = Files.list(scratch)) {
      files = found.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
