package io.r1platform.api.contents;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A request and its answer, byte for byte.
 *
 * @param path what it was posted to
 * @param request its body
 * @param status of the answer
 * @param streamed whether the answer is a stream of events
 * @param answer the answer in pieces; none where the request was refused after it had begun
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Content(String path, byte[] request, int status, boolean streamed, List<byte[]> answer) {

  /** Compressed. */
  byte[] packed() {
    var packed = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(new DeflaterOutputStream(packed))) {
      out.writeUTF(path);
      out.writeInt(request.length);
      out.write(request);
      out.writeShort(status);
      out.writeBoolean(streamed);
      for (byte[] piece : answer) {
        out.write(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** Reads what {@link #packed} wrote; the answer is one piece. */
  static Content unpacked(byte[] packed) {
    try (var in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(packed)))) {
      String path = in.readUTF();
      byte[] request = in.readNBytes(in.readInt());
      int status = in.readUnsignedShort();
      boolean streamed = in.readBoolean();
      return new Content(path, request, status, streamed, List.of(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
