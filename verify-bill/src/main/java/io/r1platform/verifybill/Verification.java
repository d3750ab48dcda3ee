package io.r1platform.verifybill;

import io.r1platform.receipts.Calendars;
import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.Lines;
import io.r1platform.receipts.Manifest;
import io.r1platform.receipts.MonthStatement;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.NoteKey;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.Proofs;
import io.r1platform.receipts.Repriced;
import io.r1platform.receipts.TrustedKeys;
import io.r1platform.receipts.UsageRecord;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks one bundle, cheapest first. Each step says what it found; the first thing that is wrong
 * ends it.
 */
final class Verification {
  private static final Set<String> TEXTS =
      Set.of(
          Manifest.INVOICE,
          Manifest.KEYS,
          Manifest.START,
          Manifest.END,
          Manifest.CONSISTENCY,
          Manifest.STATEMENT,
          Manifest.CALENDARS,
          Manifest.RECORDS,
          Manifest.INDEXES,
          Manifest.PROOF);

  /**
   * What was proved.
   *
   * @param statement of the month
   * @param end the checkpoint that all is in
   * @param invoiced pico of the records, which lines of usage have
   */
  record Proved(MonthStatement statement, Checkpoint end, BigInteger invoiced) {}

  private final Bundle bundle;
  private final Consumer<String> found;
  private final Hasher hasher = new Hasher();

  Verification(Bundle bundle, Consumer<String> found) {
    this.bundle = bundle;
    this.found = found;
  }

  /**
   * Checks all.
   *
   * @param trusted the log's keys as the tenant has them; null: those in the bundle
   * @param previous the bundle of an earlier month, or null
   * @param receipts a file or directory of kept receipts, or null
   * @param each told every record that was checked
   * @throws NotGenuine naming what is wrong
   */
  Proved run(
      @Nullable TrustedKeys trusted,
      @Nullable Bundle previous,
      @Nullable Path receipts,
      Consumer<UsageRecord> each)
      throws IOException {
    Manifest manifest = bundle.manifest();
    found.accept("bundle: %d files, as the manifest says".formatted(bundle.names().size()));
    onlyKnownFiles();
    TrustedKeys listed = TrustedKeys.parse(bundle.text(Manifest.KEYS), Manifest.KEYS);
    TrustedKeys keys = trusted == null ? listed : trusted;
    Checkpoint end = Checkpoint.verified(bundle.text(Manifest.END), keys, Manifest.END);
    if (!end.origin().equals(manifest.origin())) {
      throw new NotGenuine(Manifest.END + " is of another log than the manifest");
    }
    NoteKey signer = bundle.note().signer(keys.from(end.size()), Manifest.NAME);
    keys = keys.withOlder(listed, signer);
    Checkpoint start = Checkpoint.verified(bundle.text(Manifest.START), keys, Manifest.START);
    found.accept("signatures: " + signer.text());
    if (!start.origin().equals(end.origin())) {
      found.accept("origin: the log was named %s at the start".formatted(start.origin()));
    }
    consistent(start, end);
    IdSet before = previous == null ? null : continues(previous, start, keys);
    MonthStatement statement =
        MonthStatement.parse(bundle.text(Manifest.STATEMENT), Manifest.STATEMENT);
    if (statement.organizationId() != manifest.organizationId()
        || !statement.month().equals(manifest.month())) {
      throw new NotGenuine("the statement is of another organization or month than the manifest");
    }
    Map<Hash, PriceText> prices = prices(statement);
    Calendars calendars = Calendars.parse(bundle.text(Manifest.CALENDARS), Manifest.CALENDARS);
    YearMonth earlier = previous == null ? null : previous.manifest().month();
    var kept =
        receipts == null ? new KeptReceipts() : new KeptReceipts(receipts, statement, earlier);
    int mine = kept.size();
    if (previous != null) {
      Records.each(previous, kept::compare);
    }
    var records = new Records(bundle, statement, prices, calendars, kept, before, each);
    LineSums sums = records.check(end, hasher);
    found.accept("records: %d, all in the log of %d".formatted(records.count(), end.size()));
    if (records.late() > 0) {
      found.accept("late: %d of them admitted in earlier months".formatted(records.late()));
    }
    found.accept("prices: each record charged as its price version says");
    if (receipts != null) {
      kept.allFound();
      found.accept(
          "receipts: %d of yours found, %d of other months".formatted(mine, kept.otherMonths()));
    }
    return new Proved(statement, end, invoice(statement, sums, prices));
  }

  private void onlyKnownFiles() {
    for (String name : bundle.names()) {
      if (!TEXTS.contains(name)
          && !name.equals(Manifest.PDF)
          && !name.equals(Manifest.REPRICED)
          && !name.startsWith(Manifest.PRICES)) {
        throw new NotGenuine("the bundle has a file that no bundle has: " + name);
      }
    }
    TEXTS.forEach(bundle::file);
  }

  private void consistent(Checkpoint start, Checkpoint end) {
    List<Hash> proof =
        Lines.of(bundle.text(Manifest.CONSISTENCY), Manifest.CONSISTENCY).stream()
            .map(Hash::ofBase64)
            .toList();
    Proofs.consistent(hasher, start.size(), start.root(), end.size(), end.root(), proof);
    found.accept("log: %d entries, continues %d".formatted(end.size(), start.size()));
  }

  /** Checks that nothing lies between, and gives the requests that were billed before. */
  private IdSet continues(Bundle previous, Checkpoint start, TrustedKeys keys) {
    Manifest before = previous.manifest();
    Manifest now = bundle.manifest();
    if (before.organizationId() != now.organizationId() || !before.month().isBefore(now.month())) {
      throw new NotGenuine(
          "the previous bundle is of organization %d, %s"
              .formatted(before.organizationId(), before.month()));
    }
    String what = "the previous " + Manifest.END;
    Checkpoint ended = Checkpoint.verified(previous.text(Manifest.END), keys, what);
    previous.note().signer(keys.from(ended.size()), "the previous manifest");
    if (!ended.equals(start)) {
      throw new NotGenuine(
          "checkpoint.start is of %d entries of %s, root %s; the previous bundle ended with %d"
                  .formatted(start.size(), start.origin(), start.root(), ended.size())
              + " of %s, root %s".formatted(ended.origin(), ended.root()));
    }
    found.accept("previous: %s ended where this bundle starts".formatted(before.month()));
    var ids = new IdSet(previous.file(Manifest.RECORDS).size() / UsageRecord.BYTES);
    Records.each(previous, record -> ids.add(record.eventId()));
    return ids;
  }

  private Map<Hash, PriceText> prices(MonthStatement statement) {
    var prices = new HashMap<Hash, PriceText>();
    for (String name : bundle.names()) {
      if (name.startsWith(Manifest.PRICES)) {
        PriceText price = PriceText.parse(bundle.text(name));
        if (!name.equals(Manifest.PRICES + price.hash().hex())) {
          throw new NotGenuine(name + " has another hash: " + price.hash());
        }
        if (!price.currency().equals(statement.currency())) {
          throw new NotGenuine("%s is in %s".formatted(name, price.currency()));
        }
        prices.put(price.hash(), price);
      }
    }
    return prices;
  }

  private BigInteger invoice(MonthStatement statement, LineSums sums, Map<Hash, PriceText> prices) {
    Invoice invoice = Invoice.parse(bundle.text(Manifest.INVOICE), Manifest.INVOICE);
    if (invoice.organizationId() != statement.organizationId()
        || !invoice.month().equals(statement.month())
        || !invoice.currency().equals(statement.currency())) {
      throw new NotGenuine("the invoice is of another organization, month or currency");
    }
    Hash root = invoice.usageRoot();
    if (root != null && !root.equals(statement.root())) {
      throw new NotGenuine(
          "the invoice was finalized for records with the root %s, these have %s"
              .formatted(root.hex(), statement.root().hex()));
    }
    Repriced repriced =
        bundle.names().contains(Manifest.REPRICED)
            ? Repriced.parse(bundle.text(Manifest.REPRICED), Manifest.REPRICED)
            : Repriced.NONE;
    BigInteger charged = sums.compare(invoice, statement.month(), repriced, prices);
    BigInteger proved = statement.sums().amountPico();
    BigInteger moved = moved(repriced, prices);
    if (!charged.equals(proved.add(moved))) {
      throw new NotGenuine(
          "the invoice's lines of usage amount to %s pico, its records to %s"
              .formatted(charged.subtract(moved), proved));
    }
    if (!repriced.moves().isEmpty()) {
      found.accept(
          "repriced: %s pico by new prices for old requests, as the issuer says".formatted(moved));
    }
    if (!invoice.sum().equals(invoice.netPico())) {
      throw new NotGenuine(
          "the invoice's lines amount to %s pico, it says %s"
              .formatted(invoice.sum(), invoice.netPico()));
    }
    found.accept("invoice: %s pico of usage, as recorded".formatted(proved));
    if (root != null) {
      found.accept("invoice: its usage_root is of these records");
    }
    BigInteger rest = invoice.netPico().subtract(proved);
    if (rest.signum() != 0) {
      found.accept(
          "invoice: %s pico on lines that no record here proves (tiers, credit, …)"
              .formatted(rest));
    }
    return proved;
  }

  private static BigInteger moved(Repriced repriced, Map<Hash, PriceText> prices) {
    BigInteger sum = BigInteger.ZERO;
    for (Repriced.Move move : repriced.moves()) {
      PriceText price = prices.get(move.price());
      if (price == null) {
        throw new NotGenuine("the bundle has no price version " + move.price());
      }
      long unit = price.unit(move.modelId(), move.window(), move.sku());
      sum = sum.add(BigInteger.valueOf(unit).multiply(BigInteger.valueOf(move.quantity())));
    }
    return sum;
  }
}
