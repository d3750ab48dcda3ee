package io.r1platform.api.relay;

import java.util.ArrayList;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.FluxSink;

/** One client of a kept answer, and how far it has read. Guarded by the answer's lock. */
final class AnswerClient {
  private final FluxSink<DataBuffer> sink;
  private final ServerHttpResponse response;
  private final int after;
  private final long keyId;
  private long next;
  private boolean begun;
  private boolean replays;

  AnswerClient(FluxSink<DataBuffer> sink, ServerHttpResponse response, int after, long keyId) {
    this.sink = sink;
    this.response = response;
    this.after = after;
    this.keyId = keyId;
  }

  /** The API key that it came with. */
  long keyId() {
    return keyId;
  }

  /** Number of the piece that it reads next. */
  long next() {
    return next;
  }

  /** Whether it wants more. */
  boolean isReady() {
    return sink.requestedFromDownstream() > 0 && !sink.isCancelled();
  }

  /** Says whether it came after the answer had ended. */
  void replays(boolean ended) {
    replays = ended;
  }

  /** Sends the next piece, without what the client has. */
  void take(byte[] piece, int status, HttpHeaders headers) {
    next++;
    byte[] shown = after == 0 ? piece : ResumedEvents.after(piece, after);
    if (shown.length > 0) {
      begin(status, headers);
      sink.next(response.bufferFactory().wrap(shown));
    }
  }

  private void begin(int status, HttpHeaders headers) {
    if (!begun) {
      begun = true;
      response.setStatusCode(HttpStatusCode.valueOf(status));
      headers.forEach((name, values) -> response.getHeaders().put(name, new ArrayList<>(values)));
      if (replays) {
        response.getHeaders().set(KeyedRuns.REPLAYED, "true");
      }
    }
  }

  void complete() {
    sink.complete();
  }

  void fail(Throwable error) {
    sink.error(error);
  }
}
