package io.r1platform.billing.bundles;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.bundles.Missing.Code;
import io.r1platform.billing.documents.Pdfs;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.receipts.BilledUsage;
import io.r1platform.billing.receipts.Bundles;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.MonthStatement;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the bundles that are due, one after the other. What keeps one from being made is noted, and
 * looked at again with the next run. The log is told a month's sums only when nothing is missing.
 */
@Component
class BundleMaker {
  private static final Logger LOG = LoggerFactory.getLogger(BundleMaker.class);

  private final BundleTable table;
  private final Bundles bundles;
  private final Pdfs pdfs;
  private final JsonMapper json;
  private final MeterRegistry meters;

  BundleMaker(
      BundleTable table, Bundles bundles, Pdfs pdfs, JsonMapper json, MeterRegistry meters) {
    this.table = table;
    this.bundles = bundles;
    this.pdfs = pdfs;
    this.json = json;
    this.meters = meters;
  }

  /** Returns how many were made; none without a key, whatever waits. */
  synchronized int run() {
    if (!bundles.canSign()) {
      return 0;
    }
    int made = 0;
    for (Billed billed : table.waiting()) {
      try {
        made += make(billed) ? 1 : 0;
      } catch (IOException | RuntimeException e) { // the others' bundles must be made too
        failed(billed, e);
      }
    }
    return made;
  }

  private void failed(Billed billed, Exception why) {
    LOG.error("The bundle of invoice {} could not be made", billed.invoiceId(), why);
    count("FAILED");
    try {
      table.note(
          billed.invoiceId(),
          new Missing(Code.FAILED, "Making it failed; the operator is told. It is tried again."));
    } catch (DataAccessException e) {
      LOG.error("Nor could that be noted", e);
    }
  }

  private void count(String result) {
    meters.counter(BillingMetric.BUNDLES.meterName(), "result", result).increment();
  }

  private boolean make(Billed billed) throws IOException {
    BilledUsage usage = billed.usage(bundles.logSize());
    Optional<Missing> missing = missing(billed);
    if (missing.isEmpty()) {
      missing = write(billed, usage);
    }
    missing.ifPresentOrElse(what -> note(billed, what), () -> count("MADE"));
    return missing.isEmpty();
  }

  private void note(Billed billed, Missing missing) {
    if (table.missing(billed.invoiceId()).map(Missing::code).orElse(null) != missing.code()) {
      LOG.info("Invoice {} has no bundle yet: {}", billed.number(), missing.what());
    }
    table.note(billed.invoiceId(), missing);
  }

  /** The first thing that is missing. */
  private Optional<Missing> missing(Billed billed) {
    LocalDate end = billed.month().plusMonths(1).atDay(1);
    Optional<LocalDate> retired = table.firstRetired(billed);
    if (retired.isPresent()) {
      return missing(
          Code.RETIRED,
          "The records of %s have left the database for files: it cannot be made any more."
              .formatted(retired.get()));
    }
    Optional<YearMonth> earlier = table.earlierWaiting(billed);
    if (earlier.isPresent()) {
      return missing(Code.EARLIER, "The bundle of %s comes first.".formatted(earlier.get()));
    }
    long held = table.held(billed.organization(), end);
    if (held > 0) {
      return missing(
          Code.HELD,
          "%d records of the month are held and nobody has decided on them.".formatted(held));
    }
    return Optional.empty();
  }

  private static Optional<Missing> missing(Code code, String what) {
    return Optional.of(new Missing(code, what));
  }

  /** Compares with the invoice, before the log is told. */
  private void check(Billed billed, BilledUsage usage, MonthStatement said) {
    bundles
        .difference(billed.invoiceId(), usage)
        .ifPresent(
            what -> {
              throw new Bundles.Impossible(Bundles.Why.LINES, what);
            });
    Hash root = billed.usageRoot();
    if (root != null && !root.equals(said.root())) {
      throw new Bundles.Impossible(
          Bundles.Why.CHANGED,
          "Its records are not those that it named by its usage_root when it was finalized.");
    }
  }

  private Optional<Missing> write(Billed billed, BilledUsage usage) throws IOException {
    Path directory =
        Files.createTempDirectory("r1-export-bundle-"); // swept as drafts of exports are
    Path pdf = directory.resolve("pdf");
    Path zip = directory.resolve("zip");
    try {
      Files.write(pdf, pdfs.document(billed.invoiceId()));
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      MonthStatement statement;
      try (var out =
          new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(zip)), digest)) {
        statement =
            bundles.write(out, usage, said -> check(billed, usage, said), invoice(billed), pdf);
      }
      table.keep(billed.invoiceId(), zip, digest.digest(), statement.sums().requests());
      LOG.info(
          "The bundle of invoice {} has {} records", billed.number(), statement.sums().requests());
      return Optional.empty();
    } catch (Bundles.Impossible e) {
      return missing(Code.valueOf(e.why().name()), String.valueOf(e.getMessage()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } finally {
      Files.deleteIfExists(pdf);
      Files.deleteIfExists(zip);
      Files.deleteIfExists(directory);
    }
  }

  /** {@code invoice.json} as docs/receipts.md has it: the same text for the same invoice. */
  private String invoice(Billed billed) {
    ObjectNode invoice = json.createObjectNode();
    invoice.put("number", billed.number());
    invoice.put("invoice_id", Long.toString(billed.invoiceId()));
    invoice.put("organization_id", Long.toString(billed.organization()));
    invoice.put("month", billed.month().toString());
    invoice.put("currency", billed.currency());
    invoice.put("issued_at", String.valueOf(billed.issuedAt()));
    invoice.put("net_pico", billed.netPico().toString());
    put(invoice, "usage_root", billed.usageRoot());
    ArrayNode lines = invoice.putArray("lines");
    for (BundleTable.Line line : table.lines(billed.invoiceId())) {
      ObjectNode one = lines.addObject();
      one.put("kind", line.kind());
      put(one, "month", line.month());
      put(one, "project_id", line.project());
      put(one, "model_id", line.model());
      put(one, "sku", line.sku());
      put(one, "price_sha256", line.price());
      put(one, "window", line.window());
      put(one, "quantity", line.quantity());
      put(one, "unit_pico", line.unitPico());
      put(one, "amount_pico", line.amountPico());
    }
    return json.writeValueAsString(invoice);
  }

  private static void put(ObjectNode to, String name, @Nullable Object value) {
    if (value != null) {
      to.put(name, value.toString());
    }
  }
}
