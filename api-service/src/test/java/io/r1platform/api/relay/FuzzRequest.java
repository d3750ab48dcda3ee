package io.r1platform.api.relay;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A request that is being made up, and at last its bytes. */
final class FuzzRequest {
  /** What was done to a good request. */
  enum Kind {
    GOOD,
    WRONG_BODY,
    BROKEN_BODY,
    QUERY,
    HEADERS,
    PATH,
    METHOD,
    FOREIGN,
    SLOW_BODY
  }

  private static final int SHOWN = 1_500;

  final long index;
  final FuzzOperation operation;
  final Kind kind;
  String method;
  String path;
  String query = "";

  /** Whether the path names something of the other tenant. */
  boolean namesForeign;

  final List<String> headers = new ArrayList<>();
  byte[] body = new byte[0];

  FuzzRequest(long index, FuzzOperation operation, Kind kind) {
    this.index = index;
    this.operation = operation;
    this.kind = kind;
    this.method = operation.method();
    this.path = operation.path();
  }

  /** Replaces every header of that name. */
  void header(String name, String value) {
    without(name);
    headers.add(name + ": " + value);
  }

  void without(String name) {
    headers.removeIf(header -> header.regionMatches(true, 0, name + ":", 0, name.length() + 1));
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** As it goes over the wire. Only the framing is never wrong. */
  byte[] bytes() {
    List<String> all = new ArrayList<>(headers);
    byte[] sent = body;
    if (all.stream().anyMatch(header -> header.equals("Transfer-Encoding: chunked"))) {
      sent = chunked();
    } else if (body.length > 0 || !method.equals("GET")) {
      all.add("Content-Length: " + (body.length + (kind == Kind.SLOW_BODY ? 1 : 0)));
    }
    String target = query.isEmpty() ? path : path + "?" + query;
    String head = method + " " + target + " HTTP/1.1\r\n" + String.join("\r\n", all) + "\r\n\r\n";
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(sent);
    return bytes.toByteArray();
  }

  private byte[] chunked() {
    var bytes = new ByteArrayOutputStream();
    for (int at = 0; at < body.length; ) {
      int size = Math.min(1 + at, body.length - at);
      bytes.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      bytes.write(body, at, size);
      bytes.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
      at += size;
    }
    bytes.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  /** For whoever must run it again; keys of tests are no secrets. */
  @Override
  public String toString() {
    String text = new String(bytes(), StandardCharsets.ISO_8859_1);
    return "%d %s %s%n%s"
        .formatted(
            index,
            kind,
            operation,
            text.length() > SHOWN
                ? text.substring(0, SHOWN) + "… of " + text.length() + " bytes"
                : text);
  }
}
