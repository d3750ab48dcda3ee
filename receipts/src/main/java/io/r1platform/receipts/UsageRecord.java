package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/**
 * One finished request, version 1: 184 bytes, big-endian, each bit of which is in a component. It
 * is the entry of the log and what a client is given as its receipt.
 *
 * @param finish why it ended, 1 to 8
 * @param flags bit 0 stream, 1 recovered, 2 gateway's count, 3 batch, 4–7 waiver cause, 8 a foreign
 *     server answered, 9 its usage was missing or wrong
 * @param modelId the model that answered
 * @param eventId UUIDv7, minted at admission
 * @param organizationId who pays
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
 * @param price SHA-256 of the text of the price version frozen at admission
 * @param amountPico the charge
 * @param saltHigh first half of the salt, which keeps others from guessing
 * @param saltLow second half
 * @param output SHA-256 of the generated token ids, zeros if unknown
 */
public record UsageRecord(
    int finish,
    int flags,
    int modelId,
    UUID eventId,
    long organizationId,
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
    Hash price,
    long amountPico,
    long saltHigh,
    long saltLow,
    Hash output) {
  /** Bytes of a record. */
  public static final int BYTES = 184;

  private static final int VERSION = 1;
  private static final int BATCH = 8;
  private static final String PREFIX = "v1.";

  /**
   * Reads the next 184 bytes. Only the version is checked; {@link #fault} checks the rest.
   *
   * @throws NotGenuine if the version is not 1
   */
  public static UsageRecord read(ByteBuffer from) {
    int version = Byte.toUnsignedInt(from.get());
    if (version != VERSION) {
      throw new NotGenuine("the record has version %d, not 1".formatted(version));
    }
    return new UsageRecord(
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
        Hash.read(from),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        Hash.read(from));
  }

  /**
   * From 184 bytes.
   *
   * @throws NotGenuine if there are more or fewer, or the version is not 1
   */
  public static UsageRecord of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new NotGenuine("a record has 184 bytes, not " + bytes.length);
    }
    return read(ByteBuffer.wrap(bytes));
  }

  /**
   * From a receipt, {@code v1.} and 246 characters of base64url.
   *
   * @throws NotGenuine if it is anything else, such as another spelling of the same bytes
   */
  public static UsageRecord ofReceipt(String receipt) {
    if (!receipt.startsWith(PREFIX)) {
      throw new NotGenuine("a receipt begins with v1., not " + Lines.shown(receipt));
    }
    try {
      UsageRecord record = of(Base64.getUrlDecoder().decode(receipt.substring(PREFIX.length())));
      if (record.receipt().equals(receipt)) {
        return record;
      }
    } catch (IllegalArgumentException e) {
      throw new NotGenuine("the receipt is not base64url: " + Lines.shown(receipt), e);
    }
    throw new NotGenuine("the receipt is not spelled as it was issued: " + Lines.shown(receipt));
  }

  /** The 184 bytes. */
  public byte[] bytes() {
    var to = ByteBuffer.allocate(BYTES);
    to.put((byte) VERSION).put((byte) finish).putShort((short) flags).putInt(modelId);
    to.putLong(eventId.getMostSignificantBits()).putLong(eventId.getLeastSignificantBits());
    to.putLong(organizationId).putLong(projectId).putLong(keyId);
    to.putLong(admittedMicros).putLong(finishedMicros);
    to.putInt(hit).putInt(miss).putInt(reasoning).putInt(answer);
    to.putInt(waivedIn).putInt(waivedOut).putInt(ttftMillis).putInt(window);
    price.write(to);
    to.putLong(amountPico).putLong(saltHigh).putLong(saltLow);
    output.write(to);
    return to.array();
  }

  /** As a client is given it: {@code v1.} and base64url without padding. */
  public String receipt() {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
  }

  /** Whether it was a line of a batch, which has prices of its own. */
  public boolean isBatch() {
    return (flags & BATCH) != 0;
  }

  /** When it was admitted: the moment of its price and of its month. */
  public Instant admittedAt() {
    return Instant.EPOCH.plus(admittedMicros, ChronoUnit.MICROS);
  }

  /** What no record can say; empty if it is sound. */
  public String fault() {
    if (finish < 1 || finish > 8) {
      return "finish is " + finish;
    }
    if ((hit | miss | reasoning | answer | waivedIn | waivedOut) < 0) {
      return "a token count is negative";
    }
    if (amountPico < 0) {
      return "the amount is negative";
    }
    if ((reasoning | answer) == 0 && (hit | miss | amountPico) != 0) {
      return "it charges for a request without an output token";
    }
    return eventId.version() == 7 && eventId.variant() == 2 ? "" : "its id is not a UUIDv7";
  }
}
