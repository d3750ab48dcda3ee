package io.r1platform.api.metering;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Tokens;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/** The 184 bytes of a usage record, version 1, big-endian. Billing has the same codec. */
final class UsageRecordCodec {
  static final int SIZE = 184;
  private static final byte VERSION = 1;
  private static final int STREAM = 1;
  private static final int RECOVERED = 2;
  private static final int GATEWAYS_COUNT = 4;
  private static final int BATCH = 8;
  private static final int WAIVER_SHIFT = 4;
  private static final int FOREIGN = 1 << 8;
  private static final int USAGE_FLAGGED = 1 << 9;

  private UsageRecordCodec() {}

  static byte[] encode(UsageRecord r) {
    ByteBuffer out = ByteBuffer.allocate(SIZE);
    out.put(VERSION).put((byte) r.finish().number()).putShort((short) flags(r));
    out.putInt(r.modelId());
    out.putLong(r.eventId().getMostSignificantBits());
    out.putLong(r.eventId().getLeastSignificantBits());
    out.putLong(r.organizationId()).putLong(r.projectId()).putLong(r.keyId());
    out.putLong(r.admittedAtMicros()).putLong(r.finishedAtMicros());
    out.putInt(r.charged().hit()).putInt(r.charged().miss());
    out.putInt(r.charged().reasoning()).putInt(r.charged().answer());
    out.putInt(r.waivedInput()).putInt(r.waivedOutput());
    out.putInt(r.ttftMillis()).putInt(r.window());
    out.put(HexFormat.of().parseHex(r.priceSha256()));
    out.putLong(r.amount().value());
    out.putLong(r.salt().high()).putLong(r.salt().low());
    out.put(HexFormat.of().parseHex(r.outputSha256()));
    return out.array();
  }

  /** What a client is given: {@code v1.} and the bytes in base64url. */
  static String receipt(UsageRecord r) {
    return "v1." + Base64.getUrlEncoder().withoutPadding().encodeToString(encode(r));
  }

  static UsageRecord decode(byte[] bytes) {
    if (bytes.length != SIZE || bytes[0] != VERSION) {
      throw new IllegalArgumentException("not a usage record of version 1");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).position(1);
    Finish finish = Finish.ofWire(in.get());
    int flags = in.getShort();
    int modelId = in.getInt();
    UUID eventId = new UUID(in.getLong(), in.getLong());
    long organizationId = in.getLong();
    long projectId = in.getLong();
    long keyId = in.getLong();
    long admittedAt = in.getLong();
    long finishedAt = in.getLong();
    Tokens charged = new Tokens(in.getInt(), in.getInt(), in.getInt(), in.getInt());
    int waivedInput = in.getInt();
    int waivedOutput = in.getInt();
    int ttftMillis = in.getInt();
    int window = in.getInt();
    String priceSha256 = hash(in);
    Pico amount = new Pico(in.getLong());
    Salt salt = new Salt(in.getLong(), in.getLong());
    return new UsageRecord(
        finish,
        (flags & STREAM) != 0,
        (flags & RECOVERED) != 0,
        (flags & GATEWAYS_COUNT) != 0,
        (flags & BATCH) != 0,
        origin(flags),
        Waiver.ofWire((flags >> WAIVER_SHIFT) & 0xF),
        modelId,
        eventId,
        organizationId,
        projectId,
        keyId,
        admittedAt,
        finishedAt,
        charged,
        waivedInput,
        waivedOutput,
        ttftMillis,
        window,
        priceSha256,
        amount,
        salt,
        hash(in));
  }

  private static int flags(UsageRecord r) {
    return (r.stream() ? STREAM : 0)
        | (r.recovered() ? RECOVERED : 0)
        | (r.gatewaysCount() ? GATEWAYS_COUNT : 0)
        | (r.batch() ? BATCH : 0)
        | (r.waiver().number() << WAIVER_SHIFT)
        | flags(r.origin());
  }

  private static int flags(Origin origin) {
    return switch (origin) {
      case OWN -> 0;
      case FOREIGN -> FOREIGN;
      case FOREIGN_FLAGGED -> FOREIGN | USAGE_FLAGGED;
    };
  }

  private static Origin origin(int flags) {
    if ((flags & FOREIGN) == 0) {
      return Origin.OWN;
    }
    return (flags & USAGE_FLAGGED) == 0 ? Origin.FOREIGN : Origin.FOREIGN_FLAGGED;
  }

  private static String hash(ByteBuffer in) {
    byte[] hash = new byte[32];
    in.get(hash);
    return HexFormat.of().formatHex(hash);
  }
}
