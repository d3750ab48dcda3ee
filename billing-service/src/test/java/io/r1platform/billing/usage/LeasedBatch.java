package io.r1platform.billing.usage;

import io.r1platform.billing.budgets.LeaseIds;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;

/** Batches whose records name the leases they were held by. */
public final class LeasedBatch {
  /** What an answer token costs, pico. */
  public static final long TOKEN_PICO = 2_190_000;

  private static final int HEADER_BYTES = 64;
  private static final int ITEM_BYTES = 216;

  /**
   * A request of so many answer tokens. Its project is ten times, its key a hundred times the
   * organization.
   */
  public record Item(
      long organization,
      Instant admitted,
      int tokens,
      long credit,
      long ofOrganization,
      long project,
      long key) {}

  private LeasedBatch() {}

  /** The bytes of a batch. */
  public static byte[] of(
      Samples samples, long replica, int epoch, long firstSeq, List<Item> items) {
    var records =
        items.stream()
            .map(item -> samples.at(item.admitted, item.organization, 0, 0, 0, item.tokens))
            .toList();
    var leases =
        items.stream()
            .map(item -> new LeaseIds(item.credit, item.ofOrganization, item.project, item.key))
            .toList();
    return of(replica, epoch, firstSeq, records, leases);
  }

  /** The bytes of a batch of these records; each has its leases. */
  static byte[] of(
      long replica, int epoch, long firstSeq, List<UsageRecord> records, List<LeaseIds> leases) {
    byte[] bytes = Samples.batch(replica, epoch, firstSeq, records);
    var batch = ByteBuffer.wrap(bytes);
    for (int i = 0; i < leases.size(); i++) {
      LeaseIds ids = leases.get(i);
      batch.position(HEADER_BYTES + i * ITEM_BYTES + UsageRecord.BYTES);
      batch.putLong(ids.credit()).putLong(ids.organization());
      batch.putLong(ids.project()).putLong(ids.key());
    }
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
      batch.put(32, digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return bytes;
  }
}
