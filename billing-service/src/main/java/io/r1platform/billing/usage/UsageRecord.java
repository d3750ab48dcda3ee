package io.r1platform.billing.usage;

import io.r1platform.billing.prices.Charge;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.UUID;

/**
 * One finished request as its gateway recorded it: version 1 of the 184-byte record, big-endian.
 * Reading checks nothing but the length; {@link UsageJudge} decides what may be posted.
 *
 * @param version 1
 * @param finish why it ended, 1 to 8; 0 would be an admission, which is never shipped
 * @param flags bit 0 stream, 1 recovered, 2 gateway's count, 3 batch, 4–7 waiver cause, 8 foreign
 *     upstream, 9 its usage was missing or wrong
 * @param modelId the model that answered
 * @param eventId UUIDv7, minted at admission
 * @param tenantId the organization
 * @param projectId its project
 * @param keyId the API key
 * @param admittedMicros microseconds since 1970
 * @param finishedMicros microseconds since 1970
 * @param hit charged cached prompt tokens
 * @param miss charged other prompt tokens
 * @param reasoning charged reasoning tokens
 * @param answer charged answer tokens
 * @param waivedIn prompt tokens not charged
 * @param waivedOut output tokens not charged
 * @param ttftMillis time to the first token
 * @param window price window
 * @param priceSha256 hash of the price version frozen at admission, 64 hex digits
 * @param amountPico the charge
 * @param salt 16 bytes, 32 hex digits
 * @param outputSha256 hash of the generated token ids, 64 hex digits, zeros if unknown
 */
record UsageRecord(
    int version,
    int finish,
    int flags,
    int modelId,
    UUID eventId,
    long tenantId,
    long projectId,
    long keyId,
    long admittedMicros,
    long finishedMicros,
    int hit,
    int miss,
    int reasoning,
    int answer,
    int waivedIn,
    int waivedOut,
    int ttftMillis,
    int window,
    String priceSha256,
    long amountPico,
    String salt,
    String outputSha256) {
  static final int BYTES = 184;
  private static final int CLIENT_DISCONNECT = 3;
  private static final int CANCELLED = 8;
  private static final int BATCH = 8;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /** Reads the next 184 bytes. */
  static UsageRecord read(ByteBuffer from) {
    return new UsageRecord(
        Byte.toUnsignedInt(from.get()),
        Byte.toUnsignedInt(from.get()),
        Short.toUnsignedInt(from.getShort()),
        from.getInt(),
        new UUID(from.getLong(), from.getLong()),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.getInt(),
        from.getInt(),
        from.getInt(),
        from.getInt(),
        from.getInt(),
        from.getInt(),
        from.getInt(),
        from.getInt(),
        hex(from, HASH_BYTES),
        from.getLong(),
        hex(from, SALT_BYTES),
        hex(from, HASH_BYTES));
  }

  /** The 184 bytes. */
  byte[] bytes() {
    var to = ByteBuffer.allocate(BYTES);
    to.put((byte) version).put((byte) finish).putShort((short) flags).putInt(modelId);
    to.putLong(eventId.getMostSignificantBits()).putLong(eventId.getLeastSignificantBits());
    to.putLong(tenantId).putLong(projectId).putLong(keyId);
    to.putLong(admittedMicros).putLong(finishedMicros);
    to.putInt(hit).putInt(miss).putInt(reasoning).putInt(answer);
    to.putInt(waivedIn).putInt(waivedOut).putInt(ttftMillis).putInt(window);
    to.put(HexFormat.of().parseHex(priceSha256)).putLong(amountPico);
    to.put(HexFormat.of().parseHex(salt)).put(HexFormat.of().parseHex(outputSha256));
    return to.array();
  }

  /** {@code SHA-256(0x00 ‖ record)}: Merkle leaf and content hash, in hexadecimal. */
  static String leaf(byte[] record) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update((byte) 0);
      return HexFormat.of().formatHex(digest.digest(record));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  Charge charge() {
    return new Charge(tenantId, modelId, admittedAt(), isBatch(), hit, miss, reasoning, answer);
  }

  /** Whether it was a line of a batch, which has prices of its own. */
  boolean isBatch() {
    return (flags & BATCH) != 0;
  }

  /** Whether its client left, or somebody cancelled it. */
  boolean isCancelled() {
    return finish == CLIENT_DISCONNECT || finish == CANCELLED;
  }

  Instant admittedAt() {
    return Instant.EPOCH.plus(admittedMicros, ChronoUnit.MICROS);
  }

  Instant finishedAt() {
    return Instant.EPOCH.plus(finishedMicros, ChronoUnit.MICROS);
  }

  /** UTC day of admission, under which the ledger posts it. */
  LocalDate day() {
    return LocalDate.ofInstant(admittedAt(), ZoneOffset.UTC);
  }

  /** When the id says it was minted; meaningful for UUIDv7 only. */
  Instant mintedAt() {
    return Instant.ofEpochMilli(eventId.getMostSignificantBits() >>> 16);
  }

  /** UTC day of the id: the partition, so that a duplicate meets its original. */
  LocalDate bucket() {
    return LocalDate.ofInstant(mintedAt(), ZoneOffset.UTC);
  }

  private static String hex(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
