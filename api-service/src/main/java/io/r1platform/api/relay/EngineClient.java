package io.r1platform.api.relay;

import io.netty.channel.ChannelOption;
import io.r1platform.api.upstreams.Upstream;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Speaks to inference-service. It never repeats a request by itself: the engine may have begun. */
@Component
final class EngineClient {
  private static final Logger log = LoggerFactory.getLogger(EngineClient.class);
  private static final int MOST_CONNECTIONS = 4_096;

  private final Upstream upstream;
  private final WebClient http;

  /** The client's bytes, unchanged. */
  static final class RequestBody {
    private final byte[] bytes;

    RequestBody(byte[] bytes) {
      this.bytes = bytes;
    }

    private byte[] bytes() {
      return bytes;
    }
  }

  /** A request as it goes to the engine. */
  record Call(
      UUID id, String tenant, String replica, String model, int maxTokens, RequestBody body) {}

  /** Status and headers of a reply. */
  record Head(int status, HttpHeaders headers) {
    boolean isStream() {
      MediaType type = headers.getContentType();
      return status == 200 && type != null && type.isCompatibleWith(MediaType.TEXT_EVENT_STREAM);
    }
  }

  EngineClient(Upstream upstream) {
    this.upstream = upstream;
    var connections =
        ConnectionProvider.builder("engine")
            .maxConnections(MOST_CONNECTIONS)
            .maxIdleTime(Duration.ofSeconds(20))
            .build();
    var client =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2_000)
            .disableRetry(true);
    this.http = WebClient.builder().clientConnector(new ReactorClientHttpConnector(client)).build();
  }

  /** The reply's bytes on demand; its head comes first, without demand. */
  Flux<DataBuffer> chat(Call call, int attempt, Consumer<Head> onHead) {
    return Flux.defer(() -> post(call, attempt, onHead));
  }

  private Flux<DataBuffer> post(Call call, int attempt, Consumer<Head> onHead) {
    return http.post()
        .uri(upstream.url() + "/v1/chat/completions")
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.AUTHORIZATION, upstream.bearer())
        .header("x-r1-request-id", call.id.toString())
        .header("x-r1-attempt", Integer.toString(attempt))
        .header("x-r1-tenant", call.tenant)
        .header("x-r1-replica", call.replica)
        .header("x-r1-model", call.model)
        .header("x-r1-max-tokens", Integer.toString(call.maxTokens))
        .header("x-r1-include-usage", "true")
        .bodyValue(call.body.bytes())
        .exchangeToFlux(
            response -> {
              onHead.accept(
                  new Head(response.statusCode().value(), response.headers().asHttpHeaders()));
              return response.bodyToFlux(DataBuffer.class);
            });
  }

  /** Tells the engine to stop; whether it heard is seen in its reply. */
  void cancel(UUID id) {
    Mono.defer(() -> postCancel(id))
        .subscribe(done -> {}, failure -> log.debug("cancel of {} was not heard", id, failure));
  }

  private Mono<ResponseEntity<Void>> postCancel(UUID id) {
    return http.post()
        .uri(upstream.url() + "/v1/requests/" + id + "/cancel")
        .header(HttpHeaders.AUTHORIZATION, upstream.bearer())
        .retrieve()
        .toBodilessEntity();
  }
}
