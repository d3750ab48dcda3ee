package io.r1platform.api.relay;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 by hand: sends any bytes, reads one answer, and keeps the connection if it may. */
final class FuzzConnection implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final URI server;
  private @Nullable Socket socket;
  private final byte[] buffer = new byte[1 << 14];
  private int at;
  private int end;
  private long deadline;
  private final List<String> stalls = new ArrayList<>();
  private String before = "";

  /** Header names are in small letters; of several the last. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two
  record Answer(int status, Map<String, String> headers, byte[] body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  FuzzConnection(URI server) {
    this.server = server;
  }

  /**
   * Sends a request and reads the whole answer. A kept connection that was closed meanwhile is
   * replaced once, as any client would, and so is one that stands still: {@link #stalls} tells.
   *
   * @throws SocketTimeoutException if it takes longer than a request may
   * @throws IOException if there is no answer, or none that HTTP/1.1 allows
   */
  Answer send(FuzzRequest request) throws IOException {
    byte[] bytes = request.bytes();
    deadline = System.nanoTime() + LONGEST.toNanos();
    boolean kept = socket != null;
    try {
      return exchange(bytes, request);
    } catch (SocketTimeoutException e) {
      close();
      if (!kept) {
        throw e;
      }
      stalls.add("%s%nstood still behind %s".formatted(request, before));
      deadline = System.nanoTime() + LONGEST.toNanos();
      return exchange(bytes, request);
    } catch (IOException e) {
      close();
      if (!kept) {
        throw e;
      }
      return exchange(bytes, request);
    }
  }

  /** The requests without an answer in time on a kept connection, and what came before each. */
  List<String> stalls() {
    return stalls;
  }

  private Answer exchange(byte[] bytes, FuzzRequest request) throws IOException {
    Socket open = open();
    IOException unsent = null;
    try {
      open.getOutputStream().write(bytes);
      open.getOutputStream().flush();
    } catch (IOException e) {
      unsent = e; // it may have answered before it had read all
    }
    Answer answer;
    try {
      do {
        answer = answer(request.isHead());
      } while (answer.status < 200);
    } catch (IOException e) {
      if (unsent != null) {
        e.addSuppressed(unsent);
      }
      throw e;
    }
    before = "%s%nanswered %d %s".formatted(request, answer.status(), answer.headers());
    if (unsent != null
        || answer.header("connection").equalsIgnoreCase("close")
        || request.kind == FuzzRequest.Kind.SLOW_BODY) {
      close();
    }
    return answer;
  }

  private Socket open() throws IOException {
    Socket open = socket;
    if (open == null) {
      open = new Socket(server.getHost(), server.getPort());
      open.setTcpNoDelay(true);
      socket = open;
    }
    return open;
  }

  private Answer answer(boolean bodiless) throws IOException {
    String[] status = line().split(" ", 3);
    if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("\\d{3}")) {
      throw new IOException("no status line: " + String.join(" ", status));
    }
    int code = Integer.parseInt(status[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("no header: " + line);
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    boolean none = bodiless || code < 200 || code == 204 || code == 304;
    return new Answer(code, headers, none ? new byte[0] : body(headers));
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      var body = new ByteArrayOutputStream();
      for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
        body.writeBytes(exactly(size));
        line();
      }
      line();
      return body.toByteArray();
    }
    String length = headers.get("content-length");
    if (length == null) {
      throw new IOException("an answer without a length");
    }
    return exactly(Integer.parseInt(length));
  }

  private byte[] exactly(int size) throws IOException {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) next();
    }
    return bytes;
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = next(); next != '\n'; next = next()) {
      line.append((char) next);
    }
    int end = line.length() - 1;
    return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
  }

  private int next() throws IOException {
    if (at == end) {
      fill();
    }
    return buffer[at++] & 0xff;
  }

  private void fill() throws IOException {
    Socket open = socket;
    if (open == null) {
      throw new IOException("closed");
    }
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("no end of the answer");
    }
    open.setSoTimeout((int) left);
    at = 0;
    end = Math.max(0, open.getInputStream().read(buffer));
    if (end == 0) {
      throw new EOFException("closed before the end of an answer");
    }
  }

  @Override
  public void close() throws IOException {
    Socket open = socket;
    socket = null;
    at = 0;
    end = 0;
    if (open != null) {
      open.close();
    }
  }
}
