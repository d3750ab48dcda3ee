package io.r1platform.api.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in of vLLM and trtllm-serve: a server of OpenAI's protocol whose answers a test writes
 * byte by byte, and which can be killed in the middle. No model runs here.
 */
final class ForeignServer implements AutoCloseable {
  /** What it calls its model. */
  static final String MODEL = "deepseek-ai/DeepSeek-R1";

  private static final int TLS_HANDSHAKE = 0x16;

  private final ServerSocket socket;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private volatile Script script = ForeignServer::well;
  private volatile Script probed = ForeignServer::well;
  private volatile int modelsStatus = 200;

  /** What it does with a completion. */
  interface Script {
    void reply(Reply reply) throws IOException, InterruptedException;
  }

  ForeignServer() {
    try {
      socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  int port() {
    return socket.getLocalPort();
  }

  void does(Script next) {
    bodies.clear();
    heads.clear();
    script = next;
  }

  void answersProbes(Script next) {
    probed = next;
  }

  /** Answers {@code GET /v1/models} with this status. */
  void isHealthy(boolean healthy) {
    modelsStatus = healthy ? 200 : 500;
  }

  /** Bodies of completions since the last script was set, without those of probes. */
  List<String> bodies() {
    return bodies;
  }

  /** Heads of all requests since the last script was set. */
  List<String> heads() {
    return heads;
  }

  /** As the real ones do it: a role, reasoning, an answer, running usage and all of it at last. */
  static void well(Reply reply) throws IOException {
    reply.events().role().reasoning("We think", 3).text("9.8", 5).finish("stop", 6);
    reply.usage(12, 6, 2, 4).done();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client);
      heads.add(head);
      var reply = new Reply(client);
      if (head.startsWith("GET /v1/models ")) {
        reply.whole(
            modelsStatus,
            "application/json",
            "{\"object\":\"list\",\"data\":[{\"id\":\"%s\",\"max_model_len\":4096}]}"
                .formatted(MODEL));
        return;
      }
      String body =
          new String(client.getInputStream().readNBytes(length(head)), StandardCharsets.UTF_8);
      boolean probe = body.contains("Say OK.");
      if (!probe) {
        bodies.add(body);
      }
      reply.asked = body;
      (probe ? probed : script).reply(reply);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | UncheckedIOException e) {
      // The gateway has left, or this server was closed.
    }
  }

  /** Who speaks TLS to it is answered as such servers do, in plain text. */
  private static String head(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    var head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0 || next == TLS_HANDSHAKE) {
        client
            .getOutputStream()
            .write("HTTP/1.1 400 X\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        throw new IOException("no request");
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private static int length(String head) {
    return head.lines()
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith("content-length:"))
        .map(line -> Integer.parseInt(line.substring("content-length:".length()).strip()))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One answer. */
  final class Reply {
    private final Socket client;
    private final OutputStream out;
    private int prompt = 12;
    private String asked = "";

    Reply(Socket client) throws IOException {
      this.client = client;
      this.out = client.getOutputStream();
    }

    /** Whether the request's body has this text. */
    boolean asks(String text) {
      return asked.contains(text);
    }

    /** A whole answer with a status. */
    void whole(int status, String type, String body, String... headers) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      raw(
          "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n"
              .formatted(
                  status,
                  type,
                  bytes.length,
                  headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n"));
      out.write(bytes);
      out.flush();
    }

    void refuses(int status, String message) throws IOException {
      whole(
          status,
          "application/json",
          "{\"error\":{\"message\":\"%s\",\"code\":%d}}".formatted(message, status));
    }

    private void raw(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    /** Begins an event stream. */
    Reply events() throws IOException {
      String[] head = {
        "HTTP/1.1 200 OK",
        "Content-Type: text/event-stream; charset=utf-8",
        "Transfer-Encoding: chunked",
        "",
        ""
      };
      raw(String.join("\r\n", head));
      return this;
    }

    /** Says from now on that the prompt has so many tokens. */
    Reply prompt(int tokens) {
      prompt = tokens;
      return this;
    }

    Reply role() throws IOException {
      return delta("\"role\":\"assistant\",\"content\":\"\"", null, usageOf(0));
    }

    Reply reasoning(String text, int output) throws IOException {
      return delta("\"reasoning_content\":\"" + text + "\"", null, usageOf(output));
    }

    /** With a usage object as it is to stand there, or {@code null}. */
    Reply reasoning(String text, String usage) throws IOException {
      return delta("\"reasoning_content\":\"" + text + "\"", null, usage);
    }

    Reply text(String text, int output) throws IOException {
      return delta("\"content\":\"" + text + "\"", null, usageOf(output));
    }

    /** With a usage object as it is to stand there, or {@code null}. */
    Reply text(String text, String usage) throws IOException {
      return delta("\"content\":\"" + text + "\"", null, usage);
    }

    Reply finish(String reason, int output) throws IOException {
      return delta("", reason, usageOf(output));
    }

    Reply finishWithout(String reason) throws IOException {
      return delta("", reason, "null");
    }

    private Reply delta(String delta, @Nullable String finish, String usage) throws IOException {
      return event(
          "{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"%s\","
                  .formatted(MODEL)
              + "\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}],\"usage\":%s}"
                  .formatted(delta, finish == null ? "null" : "\"" + finish + "\"", usage));
    }

    private String usageOf(int output) {
      return "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
          .formatted(prompt, output, prompt + output);
    }

    /** The last usage, with cached and, from 0, reasoning tokens. */
    Reply usage(int input, int output, int cached, int reasoning) throws IOException {
      String told =
          reasoning < 0
              ? ""
              : ",\"completion_tokens_details\":{\"reasoning_tokens\":%d}".formatted(reasoning);
      return last(
          "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d,\"prompt_tokens_details\":{\"cached_tokens\":%d}%s}"
              .formatted(input, output, input + output, cached, told));
    }

    /** The event behind the last choice. */
    Reply last(String usage) throws IOException {
      return event("{\"id\":\"x\",\"choices\":[],\"usage\":%s}".formatted(usage));
    }

    Reply event(String data) throws IOException {
      return chunk("data: " + data + "\n\n");
    }

    private Reply chunk(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(bytes);
      raw("\r\n");
      return this;
    }

    void done() throws IOException {
      chunk("data: [DONE]\n\n");
      raw("0\r\n\r\n");
    }

    /** Ends the answer without its last mark. */
    void over() throws IOException {
      raw("0\r\n\r\n");
    }

    /** Takes its time, less than is too long. */
    void pause() throws InterruptedException {
      var _ = closed.await(400, TimeUnit.MILLISECONDS);
    }

    /** Dies: its connection ends, whatever was under way. */
    void kill() throws IOException {
      client.close();
    }

    /** Says no more until the gateway leaves, or for ever. */
    void hang() throws IOException, InterruptedException {
      client.setSoTimeout(100);
      while (!closed.await(0, TimeUnit.MILLISECONDS)) {
        try {
          if (client.getInputStream().read() < 0) {
            return;
          }
        } catch (SocketTimeoutException e) {
          // still there
        } catch (SocketException e) {
          return;
        }
      }
    }
  }
}
