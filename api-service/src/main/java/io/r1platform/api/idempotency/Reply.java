package io.r1platform.api.idempotency;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A whole answer, as it went out.
 *
 * @param status of HTTP
 * @param headers those that belong to the answer
 * @param body its bytes, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Reply(int status, Map<String, String> headers, byte[] body) {
  public Reply {
    headers = Map.copyOf(headers);
  }

  /** Compressed: events repeat most of their text. */
  byte[] packed() {
    var packed = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(new DeflaterOutputStream(packed))) {
      out.writeShort(status);
      out.writeShort(headers.size());
      for (Map.Entry<String, String> header : headers.entrySet()) {
        out.writeUTF(header.getKey());
        out.writeUTF(header.getValue());
      }
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** Reads what {@link #packed} wrote. */
  static Reply unpacked(byte[] packed) {
    try (var in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(packed)))) {
      int status = in.readUnsignedShort();
      int count = in.readUnsignedShort();
      var headers = new LinkedHashMap<String, String>();
      for (int i = 0; i < count; i++) {
        headers.put(in.readUTF(), in.readUTF());
      }
      return new Reply(status, headers, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
