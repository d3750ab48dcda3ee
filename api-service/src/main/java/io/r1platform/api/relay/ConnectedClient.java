package io.r1platform.api.relay;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.FluxSink;

/** A client at the other end of the connection that its run began with. */
final class ConnectedClient implements ClientSide {
  private final ServerHttpResponse response;
  private final FluxSink<DataBuffer> sink;
  private final boolean stream;
  private boolean answering;
  private boolean ended;

  ConnectedClient(ServerHttpResponse response, FluxSink<DataBuffer> sink, boolean stream) {
    this.response = response;
    this.sink = sink;
    this.stream = stream;
  }

  @Override
  public void connect(Run run) {
    sink.onRequest(run::onDemand);
    sink.onCancel(run::onClientGone);
  }

  @Override
  public boolean isGone() {
    return sink.isCancelled();
  }

  @Override
  public boolean isAnswering() {
    return answering;
  }

  @Override
  public void leave() {
    ended = true;
  }

  @Override
  public void status(int status) {
    if (!answering) {
      response.setStatusCode(HttpStatusCode.valueOf(status));
    }
  }

  @Override
  public void header(String name, String value) {
    if (!answering) {
      response.getHeaders().set(name, value);
    }
  }

  @Override
  public void send(byte[] bytes) {
    if (!ended) {
      beginAnswer();
      sink.next(response.bufferFactory().wrap(bytes));
    }
  }

  @Override
  public boolean keeps() {
    return false;
  }

  @Override
  public @Nullable CompletableFuture<Void> keep(int wanted, byte[] last) {
    return null;
  }

  @Override
  public void end(byte[] last, @Nullable String charged) {
    if (!ended) {
      beginAnswer();
      ended = true;
      sink.next(response.bufferFactory().wrap(last));
      sink.complete();
    }
  }

  @Override
  public void refuse(Throwable error) {
    if (!ended) {
      ended = true;
      sink.error(error);
    }
  }

  private void beginAnswer() {
    if (!answering) {
      answering = true;
      AnswerHead.write(response.getHeaders(), stream);
    }
  }
}
