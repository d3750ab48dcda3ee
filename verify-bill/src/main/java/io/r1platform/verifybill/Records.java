package io.r1platform.verifybill;

import io.r1platform.receipts.Calendars;
import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.Manifest;
import io.r1platform.receipts.ManyProof;
import io.r1platform.receipts.MonthStatement;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.SumTree;
import io.r1platform.receipts.Sums;
import io.r1platform.receipts.UsageRecord;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records, indexes and proof side by side, once, and holds of them only the ids. Each record
 * is the organization's, not of a later month, comes once, is charged by its price version, and is
 * in the log; together they are the statement's sum tree.
 */
final class Records {
  private static final long NO_INDEX = Long.MAX_VALUE;

  private final MonthStatement statement;
  private final long statementIndex;
  private final Map<Hash, PriceText> prices;
  private final Calendars calendars;
  private final KeptReceipts kept;
  private final @Nullable IdSet before;
  private final Consumer<UsageRecord> each;
  private final Section.Reader records;
  private final Section.Reader indexes;
  private final Section.Reader proof;
  private final ByteBuffer record = ByteBuffer.allocate(UsageRecord.BYTES);
  private final ByteBuffer index = ByteBuffer.allocate(Long.BYTES);
  private final ByteBuffer hash = ByteBuffer.allocate(Hash.BYTES);
  private final long count;
  private final IdSet ids;
  private final LineSums sums = new LineSums();
  private long place;
  private long late;
  private boolean statementPassed;
  private long ahead;

  Records(
      Bundle bundle,
      MonthStatement statement,
      Map<Hash, PriceText> prices,
      Calendars calendars,
      KeptReceipts kept,
      @Nullable IdSet before,
      Consumer<UsageRecord> each) {
    this.statement = statement;
    this.statementIndex = bundle.manifest().statementIndex();
    this.prices = prices;
    this.calendars = calendars;
    this.kept = kept;
    this.before = before;
    this.each = each;
    this.records = bundle.file(Manifest.RECORDS).reader();
    this.indexes = bundle.file(Manifest.INDEXES).reader();
    this.proof = bundle.file(Manifest.PROOF).reader();
    this.count = records.left() / UsageRecord.BYTES;
    if (records.left() % UsageRecord.BYTES != 0
        || indexes.left() != count * Long.BYTES
        || proof.left() % Hash.BYTES != 0) {
      throw new NotGenuine("records.bin, indexes.bin and proof.bin do not fit one another");
    }
    this.ids = new IdSet(count);
    this.ahead = readIndex();
  }

  /** Gives each record of a bundle to {@code to}, unchecked but for its version. */
  static void each(Bundle bundle, Consumer<UsageRecord> to) {
    var reader = bundle.file(Manifest.RECORDS).reader();
    var one = ByteBuffer.allocate(UsageRecord.BYTES);
    while (reader.left() > 0) {
      reader.take(one.clear());
      to.accept(UsageRecord.read(one));
    }
  }

  /** How many there are. */
  long count() {
    return count;
  }

  /** How many of them were admitted in earlier months and confirmed only in this one. */
  long late() {
    return late;
  }

  /**
   * Checks them all.
   *
   * @return their sums by invoice line
   * @throws NotGenuine naming the record by its place in the file, from 0
   */
  LineSums check(Checkpoint end, Hasher hasher) {
    if (end.size() == 0) {
      throw new NotGenuine("the log is empty");
    }
    var tree = new SumTree(hasher);
    Hash root =
        ManyProof.root(
            end.size(),
            this::nextIndex,
            at -> at == statementIndex ? statementLeaf(hasher) : leaf(tree, hasher),
            this::nextHash,
            hasher);
    if (place != count || !statementPassed || proof.left() != 0) {
      throw new NotGenuine(
          "indexes.bin or the manifest names a log index beyond the checkpoint's %d entries"
              .formatted(end.size()));
    }
    if (!root.equals(end.root())) {
      throw new NotGenuine(
          "the records, their indexes, the statement and proof.bin lead to the root %s,"
                  .formatted(root)
              + " checkpoint.end has "
              + end.root());
    }
    if (!tree.sums().equals(statement.sums()) || !tree.root().equals(statement.root())) {
      throw new NotGenuine(
          "the statement has %d requests for %s pico, root %s; the records are %d for %s, root %s"
              .formatted(
                  statement.sums().requests(),
                  statement.sums().amountPico(),
                  statement.root(),
                  tree.sums().requests(),
                  tree.sums().amountPico(),
                  tree.root()));
    }
    return sums;
  }

  /** The statement's index comes in among those of the records. */
  private long nextIndex() {
    if (!statementPassed && statementIndex <= ahead) {
      statementPassed = true;
      return statementIndex;
    }
    long next = ahead;
    ahead = readIndex();
    return next;
  }

  private long readIndex() {
    if (indexes.left() == 0) {
      return NO_INDEX;
    }
    indexes.take(index.clear());
    long read = index.getLong();
    if (read < 0) {
      throw new NotGenuine("indexes.bin has the index " + read);
    }
    return read;
  }

  private Hash nextHash() {
    proof.take(hash.clear());
    return Hash.read(hash);
  }

  private Hash statementLeaf(Hasher hasher) {
    return hasher.leaf(statement.bytes());
  }

  private Hash leaf(SumTree tree, Hasher hasher) {
    records.take(record.clear());
    Hash leaf = hasher.leaf(record.array());
    try {
      UsageRecord read = UsageRecord.read(record);
      check(read);
      tree.append(leaf, Sums.of(read));
      sums.add(read, statement.covers(read.admittedAt()));
      each.accept(read);
    } catch (NotGenuine e) {
      throw new NotGenuine("record %d: %s".formatted(place, e.getMessage()), e);
    }
    place++;
    return leaf;
  }

  private void check(UsageRecord read) {
    String fault = read.fault();
    if (!fault.isEmpty()) {
      throw new NotGenuine(fault);
    }
    if (read.organizationId() != statement.organizationId()) {
      throw new NotGenuine("it is of organization " + read.organizationId());
    }
    if (!statement.covers(read.admittedAt())) {
      if (statement.endsBefore(read.admittedAt())) {
        throw new NotGenuine("it was admitted at %s, after the month".formatted(read.admittedAt()));
      }
      late++;
    }
    if (!ids.add(read.eventId())) {
      throw new NotGenuine("request %s stands twice".formatted(read.eventId()));
    }
    if (before != null && before.contains(read.eventId())) {
      throw new NotGenuine(
          "request %s is in the previous bundle as well".formatted(read.eventId()));
    }
    PriceText price = prices.get(read.price());
    if (price == null) {
      throw new NotGenuine("the bundle has no price version " + read.price());
    }
    price.check(read, calendars);
    kept.compare(read);
  }
}
