package io.r1platform.verifybill;

import io.r1platform.receipts.Calendars;
import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.Lines;
import io.r1platform.receipts.Manifest;
import io.r1platform.receipts.MonthStatement;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.Proofs;
import io.r1platform.receipts.TrustedKeys;
import io.r1platform.receipts.UsageRecord;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
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
   * @param invoiced pico on the lines that the records prove
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
    TrustedKeys keys =
        trusted != null ? trusted : TrustedKeys.parse(bundle.text(Manifest.KEYS), Manifest.KEYS);
    Checkpoint start = checkpoint(bundle, Manifest.START, keys);
    Checkpoint end = checkpoint(bundle, Manifest.END, keys);
    String signer = bundle.note().signer(keys.at(end.size()), Manifest.NAME).text();
    found.accept("signatures: " + signer);
    consistent(start, end);
    if (previous != null) {
      continues(previous, start, keys);
    }
    MonthStatement statement =
        MonthStatement.parse(bundle.text(Manifest.STATEMENT), Manifest.STATEMENT);
    if (statement.organizationId() != manifest.organizationId()
        || !statement.month().equals(manifest.month())) {
      throw new NotGenuine("the statement is of another organization or month than the manifest");
    }
    Map<Hash, PriceText> prices = prices(statement);
    Calendars calendars = Calendars.parse(bundle.text(Manifest.CALENDARS), Manifest.CALENDARS);
    var kept = receipts == null ? new KeptReceipts() : new KeptReceipts(receipts, statement);
    int mine = kept.size();
    var records = new Records(bundle, statement, prices, calendars, kept, each);
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
          && !name.startsWith(Manifest.PRICES)) {
        throw new NotGenuine("the bundle has a file that no bundle has: " + name);
      }
    }
    TEXTS.forEach(bundle::file);
  }

  private static Checkpoint checkpoint(Bundle bundle, String name, TrustedKeys keys) {
    Checkpoint checkpoint = Checkpoint.verified(bundle.text(name), keys, name);
    if (!checkpoint.origin().equals(bundle.manifest().origin())) {
      throw new NotGenuine(name + " is of another log than the manifest");
    }
    return checkpoint;
  }

  private void consistent(Checkpoint start, Checkpoint end) {
    List<Hash> proof =
        Lines.of(bundle.text(Manifest.CONSISTENCY), Manifest.CONSISTENCY).stream()
            .map(Hash::ofBase64)
            .toList();
    Proofs.consistent(hasher, start.size(), start.root(), end.size(), end.root(), proof);
    found.accept("log: %d entries, continues %d".formatted(end.size(), start.size()));
  }

  private void continues(Bundle previous, Checkpoint start, TrustedKeys keys) {
    Manifest before = previous.manifest();
    Manifest now = bundle.manifest();
    if (before.organizationId() != now.organizationId()
        || !before.origin().equals(now.origin())
        || !before.month().isBefore(now.month())) {
      throw new NotGenuine(
          "the previous bundle is of organization %d, %s, log %s"
              .formatted(before.organizationId(), before.month(), before.origin()));
    }
    Checkpoint ended = checkpoint(previous, Manifest.END, keys);
    previous.note().signer(keys.at(ended.size()), "the previous manifest");
    if (!ended.equals(start)) {
      throw new NotGenuine(
          "checkpoint.start is of %d entries, root %s; the previous bundle ended with %d, root %s"
              .formatted(start.size(), start.root(), ended.size(), ended.root()));
    }
    found.accept("previous: %s ended where this bundle starts".formatted(before.month()));
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
    BigInteger proved = sums.compare(invoice, statement.month(), prices);
    if (!proved.equals(statement.sums().amountPico())) {
      throw new NotGenuine(
          "the month's invoice lines amount to %s pico, its records to %s"
              .formatted(proved, statement.sums().amountPico()));
    }
    if (!invoice.sum().equals(invoice.netPico())) {
      throw new NotGenuine(
          "the invoice's lines amount to %s pico, it says %s"
              .formatted(invoice.sum(), invoice.netPico()));
    }
    found.accept("invoice: %s pico of the month's usage, as recorded".formatted(proved));
    BigInteger rest = invoice.netPico().subtract(proved);
    if (rest.signum() != 0) {
      found.accept(
          "invoice: %s pico on lines that no record here proves (other months, tiers, credit, …)"
              .formatted(rest));
    }
    return proved;
  }
}
