package io.r1platform.api.relay;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.FluxSink;

/** The client of a running request: headers with the first byte, nothing after the last. */
final class ClientSide {
  private final ServerHttpResponse response;
  private final FluxSink<DataBuffer> sink;
  private final boolean stream;
  private boolean answering;
  private boolean ended;

  ClientSide(ServerHttpResponse response, FluxSink<DataBuffer> sink, boolean stream) {
    this.response = response;
    this.sink = sink;
    this.stream = stream;
  }

  /** Whether the head of the answer has left, so that its status cannot change. */
  boolean isAnswering() {
    return answering;
  }

  /** The client hung up. */
  void leave() {
    ended = true;
  }

  /** Sets the status, unless the head has left. */
  void status(int status) {
    if (!answering) {
      response.setStatusCode(HttpStatusCode.valueOf(status));
    }
  }

  /** Adds a header, unless the head has left. */
  void header(String name, String value) {
    if (!answering) {
      response.getHeaders().set(name, value);
    }
  }

  /** Sends bytes as they are. Takes them over. */
  void send(byte[] bytes) {
    if (!ended) {
      beginAnswer();
      sink.next(response.bufferFactory().wrap(bytes));
    }
  }

  /** Sends the last bytes. */
  void end(byte[] last) {
    if (!ended) {
      beginAnswer();
      ended = true;
      sink.next(response.bufferFactory().wrap(last));
      sink.complete();
    }
  }

  /** Ends with an error before the first byte: it becomes the whole response. */
  void refuse(Throwable error) {
    if (!ended) {
      ended = true;
      sink.error(error);
    }
  }

  private void beginAnswer() {
    if (!answering) {
      answering = true;
      HttpHeaders headers = response.getHeaders();
      headers.setContentType(stream ? MediaType.TEXT_EVENT_STREAM : MediaType.APPLICATION_JSON);
      headers.setCacheControl("no-store");
      headers.set("x-accel-buffering", "no");
    }
  }
}
