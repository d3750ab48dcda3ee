package io.r1platform.billing.adjustments;

import io.r1platform.billing.prices.PriceVersion;
import io.r1platform.billing.prices.Rated;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The sums of a repricing; equal sums of the same range and version have the same hash. */
final class Totals {
  private long requests;
  private long changed;
  private long unpriced;
  private BigInteger before = BigInteger.ZERO;
  private BigInteger after = BigInteger.ZERO;

  void add(Repricing.Row row) {
    Rated rated = row.after();
    if (rated == null) {
      unpriced++;
      return;
    }
    requests++;
    changed += row.changes() ? 1 : 0;
    before = before.add(BigInteger.valueOf(row.amount()));
    after = after.add(BigInteger.valueOf(rated.amountPico()));
  }

  /** Requests that were rated again. */
  long requests() {
    return requests;
  }

  /** Those of them of which another version or window would count. */
  long changed() {
    return changed;
  }

  /** Requests the version has no price for; they stay as they are and are in no other sum. */
  long unpriced() {
    return unpriced;
  }

  /** What they are charged now, in pico. */
  BigInteger before() {
    return before;
  }

  /** What the version charges. */
  BigInteger after() {
    return after;
  }

  /** Tells whether a re-rating does what its preview showed. */
  String sha256(Repricing.Range range, PriceVersion version) {
    String text =
        "r1-rerating-1|%d|%s|%s|%s|%s|%d|%d|%d|%s|%s"
            .formatted(
                range.versionId(),
                version.contentSha256(),
                range.from(),
                range.to(),
                range.tenantId(),
                requests,
                changed,
                unpriced,
                before,
                after);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
