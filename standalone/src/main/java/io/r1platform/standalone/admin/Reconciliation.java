package io.r1platform.standalone.admin;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One look at engine, journal, usage and ledger. Tokens are input plus output; costs are dollars.
 *
 * @param requests FINAL records of the journal, without those that were held and rejected
 * @param engine tokens that the engine's receipts tell
 * @param journal tokens that these FINALs charge
 * @param usage tokens that billing's usage records charge
 * @param waived tokens of the engine that nobody is charged for, with a cause
 * @param journalCost what the FINALs cost
 * @param usageCost what the usage records cost
 * @param ledgerCost revenue in the ledger
 * @param pending what has not arrived yet, in words; empty when all streams are shipped
 * @param differences each unexplained difference, in words
 * @param settled each orphan and how it was settled, in words
 * @param unlisted orphans beyond those, older than the 1,000 that are listed
 * @param journalDropped whether the journal of these days, or of some, has been dropped after
 *     billing had it for 35 days: then it is not compared
 */
public record Reconciliation(
    BigInteger requests,
    BigInteger engine,
    BigInteger journal,
    BigInteger usage,
    BigInteger waived,
    BigDecimal journalCost,
    BigDecimal usageCost,
    BigDecimal ledgerCost,
    List<String> pending,
    List<String> differences,
    List<String> settled,
    int unlisted,
    boolean journalDropped) {
  /** Copies the lists. */
  public Reconciliation {
    pending = List.copyOf(pending);
    differences = List.copyOf(differences);
    settled = List.copyOf(settled);
  }

  /** Reads the answer of {@code GET /admin/api/reconciliation}. */
  public static Reconciliation of(JsonNode report) {
    JsonNode journal = report.path("journal");
    JsonNode usage = report.path("usage");
    BigInteger waived = BigInteger.ZERO;
    for (JsonNode row : report.path("waived")) {
      waived = waived.add(tokens(row));
    }
    JsonNode rejected = report.path("rejected");
    var sums =
        new Reconciliation(
            count(journal, "requests").subtract(count(rejected, "requests")),
            tokens(report.path("engine")),
            tokens(journal).subtract(tokens(rejected)),
            tokens(usage),
            waived,
            money(journal).subtract(money(rejected)),
            money(usage),
            money(report.path("ledger")),
            pending(report),
            List.of(),
            settled(report),
            unlisted(report),
            isDropped(journal));
    return sums.withDifferences(report);
  }

  /** Tokens of the engine that are neither charged nor waived with a cause. */
  public BigInteger unexplained() {
    return engine.subtract(usage).subtract(waived);
  }

  /** Whether all is shipped and every column agrees to the token and the pico-dollar. */
  public boolean isClean() {
    return pending.isEmpty() && differences.isEmpty();
  }

  /** The last line of {@code ./r1 reconcile}. */
  public String line() {
    return ("reconcile engine=%s journal=%s usage=%s ledger=%s difference=%s"
            + " waived=%s requests=%s journal_usd=%s usage_usd=%s ledger_usd=%s orphans=%d")
        .formatted(
            engine.subtract(waived),
            journalDropped ? "dropped" : journal,
            usage,
            ledgerCost.compareTo(usageCost) == 0 ? usage : "?",
            difference(),
            waived,
            requests,
            journalDropped ? "dropped" : journalCost.toPlainString(),
            usageCost.toPlainString(),
            ledgerCost.toPlainString(),
            settled.size() + unlisted);
  }

  private String difference() {
    if (differences.isEmpty()) {
      return pending.isEmpty() ? "0" : "pending";
    }
    return unexplained().abs().max(BigInteger.valueOf(differences.size())).toString();
  }

  private Reconciliation withDifferences(JsonNode report) {
    var found = new ArrayList<String>();
    for (JsonNode difference : report.path("differences")) {
      found.add(difference.toString());
    }
    if (!journalDropped) {
      compare(found, "journal and usage tokens", journal, usage);
      compareCost(found, "journal and usage cost", journalCost, usageCost);
    }
    compare(found, "engine tokens less waived, and usage tokens", engine.subtract(waived), usage);
    compareCost(found, "usage and ledger cost", usageCost, ledgerCost);
    if (count(report, "held").signum() != 0) {
      found.add("held records: " + count(report, "held"));
    }
    return new Reconciliation(
        requests,
        engine,
        journal,
        usage,
        waived,
        journalCost,
        usageCost,
        ledgerCost,
        pending,
        found,
        settled,
        unlisted,
        journalDropped);
  }

  private static void compare(List<String> found, String what, BigInteger one, BigInteger two) {
    if (!one.equals(two)) {
      found.add(what + " differ: " + one + " and " + two);
    }
  }

  private static void compareCost(List<String> found, String what, BigDecimal one, BigDecimal two) {
    if (one.compareTo(two) != 0) {
      found.add(what + " differ: " + one.toPlainString() + " and " + two.toPlainString());
    }
  }

  private static List<String> pending(JsonNode report) {
    JsonNode journal = report.path("journal");
    BigInteger kept =
        count(journal, "requests").subtract(count(report.path("rejected"), "requests"));
    BigInteger billed = count(report.path("usage"), "requests");
    var pending = new ArrayList<String>();
    if (count(journal, "unshipped").signum() != 0) {
      pending.add(count(journal, "unshipped") + " journal records are not shipped");
    }
    if (count(journal, "open").signum() != 0) {
      pending.add(count(journal, "open") + " requests are admitted and not final");
    }
    if (!kept.equals(billed) && !isDropped(journal)) {
      pending.add("the journal has %s requests, billing %s".formatted(kept, billed));
    }
    for (JsonNode stream : report.path("streams")) {
      JsonNode missing = stream.path("missing");
      if (missing.isObject()) {
        pending.add(
            "stream %s.%s is missing records %s to %s for %s s"
                .formatted(
                    stream.path("replica").asString(),
                    stream.path("epoch").asString(),
                    missing.path("first_seq").asString(),
                    missing.path("last_seq").asString(),
                    missing.path("seconds").asString()));
      }
    }
    return pending;
  }

  /** Orphans beyond those that the report lists. */
  private static int unlisted(JsonNode report) {
    int all = count(report.path("journal"), "orphans").intValueExact();
    return Math.max(0, all - report.path("orphans").size());
  }

  private static List<String> settled(JsonNode report) {
    var settled = new ArrayList<String>();
    for (JsonNode orphan : report.path("orphans")) {
      settled.add(
          "%s settled as %s"
              .formatted(orphan.path("event_id").asString(), orphan.path("settled").asString()));
    }
    for (JsonNode one : report.path("settled")) {
      if (one.path("what").asString().equals("REJECTED")) {
        settled.add(
            "%s %s".formatted(one.path("event_id").asString(), one.path("note").asString()));
      }
    }
    for (JsonNode one : report.path("corrections")) {
      settled.add(
          "%s of %s confirmed, posted on %s"
              .formatted(
                  one.path("event_id").asString(),
                  one.path("admitted_on").asString(),
                  one.path("posted_on").asString()));
    }
    int unlisted = count(report, "corrected").intValueExact() - report.path("corrections").size();
    if (unlisted > 0) {
      settled.add(
          "%d more confirmed, in /admin/api/reconciliation/corrections".formatted(unlisted));
    }
    return settled;
  }

  private static boolean isDropped(JsonNode journal) {
    return count(journal, "days_dropped").signum() != 0;
  }

  private static BigInteger tokens(JsonNode node) {
    return count(node, "input").add(count(node, "output"));
  }

  private static BigInteger count(JsonNode node, String field) {
    return new BigInteger(node.path(field).asString("0"));
  }

  private static BigDecimal money(JsonNode node) {
    return new BigDecimal(node.path("cost").asString("0"));
  }
}
