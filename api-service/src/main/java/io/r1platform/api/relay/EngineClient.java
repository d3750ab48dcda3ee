package io.r1platform.api.relay;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.observability.Observations;
import io.r1platform.api.observability.RequestTraces;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.Route;
import io.r1platform.api.upstreams.Upstream;
import io.r1platform.service.InternalTls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.retry.Retry;

/**
 * Speaks to the servers of models, ours and others. It never repeats a request by itself: the
 * engine may have begun.
 */
@Component
final class EngineClient {
  private static final Logger log = LoggerFactory.getLogger(EngineClient.class);
  private static final int MOST_CONNECTIONS = 4_096;
  private static final Duration CANCEL_WAIT = Duration.ofSeconds(2);
  private static final Duration CANCEL_PAUSE = Duration.ofMillis(100);

  /** Half a minute: a request that is not registered by then has not reached the engine. */
  private static final int CANCEL_TRIES = 300;

  private final Catalogue catalogue;
  private final ForeignClient foreign;
  private final RequestTraces traces;
  private volatile WebClient http;

  /**
   * A request as it goes to the engine.
   *
   * @param batch whether it gives way to what is no batch
   * @param promptBound most prompt tokens that money is held for
   * @param maxTokens most output tokens of each choice
   * @param choices how many there are
   * @param conversation what its server is chosen by, so that the next turn meets its cache
   * @param timeout after which the answer ends as at its cap, or null
   */
  record Call(
      UUID id,
      Kind kind,
      Asker asker,
      boolean batch,
      String replica,
      String model,
      int promptBound,
      int maxTokens,
      int choices,
      long conversation,
      @Nullable Duration timeout,
      RequestBody body) {}

  /** Status and headers of a reply. */
  record Head(int status, HttpHeaders headers) {
    boolean isStream() {
      MediaType type = headers.getContentType();
      return status == 200 && type != null && type.isCompatibleWith(MediaType.TEXT_EVENT_STREAM);
    }
  }

  EngineClient(Catalogue catalogue, ForeignClient foreign, InternalTls tls, RequestTraces traces) {
    this.catalogue = catalogue;
    this.foreign = foreign;
    this.traces = traces;
    var connections =
        ConnectionProvider.builder("engine")
            .maxConnections(MOST_CONNECTIONS)
            .maxIdleTime(Duration.ofSeconds(20))
            .build();
    var client =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2_000)
            .disableRetry(true);
    this.http = over(client);
    tls.follow(bundle -> http = over(bundle.map(known -> secured(client, known)).orElse(client)));
  }

  private static WebClient over(HttpClient client) {
    return WebClient.builder().clientConnector(new ReactorClientHttpConnector(client)).build();
  }

  private static HttpClient secured(HttpClient client, SslBundle bundle) {
    try {
      SslManagerBundle managers = bundle.getManagers();
      SslContext context =
          SslContextBuilder.forClient()
              .keyManager(managers.getKeyManagerFactory())
              .trustManager(managers.getTrustManagerFactory())
              .build();
      return client.secure(spec -> spec.sslContext(context));
    } catch (SSLException e) {
      throw new IllegalStateException("the SSL bundle cannot be used", e);
    }
  }

  /**
   * The reply's bytes on demand; its head comes first, without demand.
   *
   * @param left of the client's x-r1-timeout, null if it gave none
   */
  Flux<DataBuffer> chat(
      Call call, Route route, int attempt, @Nullable Duration left, Consumer<Head> onHead) {
    return route.upstream().own()
        ? Flux.defer(() -> post(call, route.upstream(), attempt, left, onHead))
        : foreign.chat(call, route, onHead);
  }

  private Flux<DataBuffer> post(
      Call call, Upstream upstream, int attempt, @Nullable Duration left, Consumer<Head> onHead) {
    return http.post()
        .uri(upstream.url() + call.kind.enginePath())
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.AUTHORIZATION, String.valueOf(upstream.bearer()))
        .header("x-r1-request-id", call.id.toString())
        .header("x-r1-attempt", Integer.toString(attempt))
        .header("x-r1-tenant", call.asker.organization())
        .header("x-r1-project", call.asker.project())
        .header("x-r1-weight", Integer.toString(call.asker.weight()))
        .header("x-r1-class", call.batch ? "batch" : "interactive")
        .header("x-r1-replica", call.replica)
        .header("x-r1-model", call.model)
        .header("x-r1-max-tokens", Integer.toString(call.maxTokens))
        .header("x-r1-max-prompt-tokens", Integer.toString(call.promptBound))
        .header("x-r1-include-usage", "true")
        .header("x-r1-tell-start", "true")
        .headers(headers -> optional(headers, call, left))
        .contentLength(call.body.length())
        .body((request, context) -> request.writeWith(Mono.fromSupplier(() -> bytes(call))))
        .exchangeToFlux(
            response -> {
              onHead.accept(
                  new Head(response.statusCode().value(), response.headers().asHttpHeaders()));
              return response.bodyToFlux(DataBuffer.class);
            });
  }

  private void optional(HttpHeaders headers, Call call, @Nullable Duration left) {
    if (left != null) {
      headers.set(Timeout.HEADER, Timeout.text(left));
    }
    String user = call.asker.user();
    if (user != null) {
      headers.set("x-r1-cache-user", user);
    }
    Observations.of(
        call.id,
        () -> {
          String parent = traces.parent(call.id, RequestTraces.Part.ENGINE);
          if (parent != null) {
            headers.set(RequestTraces.PARENT, parent);
          }
        });
  }

  /**
   * How many tokens a prompt has, as the engine says it.
   *
   * @param model its resolved name
   * @param body a JSON object with {@code messages} or {@code input}
   * @param use takes the answer, whatever its status
   */
  <T> Mono<T> tokens(String model, ByteBuffer body, Function<ClientResponse, Mono<T>> use) {
    Upstream counts = tokenizer(model);
    return http.post()
        .uri(counts.url() + "/v1/tokenize")
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.AUTHORIZATION, String.valueOf(counts.bearer()))
        .header("x-r1-model", model)
        .contentLength(body.remaining())
        .body((request, context) -> request.writeWith(Mono.fromSupplier(() -> wrapped(body))))
        .exchangeToMono(use);
  }

  /** Foreign servers are not asked: they may have other templates than their usage counts. */
  private Upstream tokenizer(String model) {
    List<Upstream> own = catalogue.upstreams().stream().filter(Upstream::own).toList();
    List<Upstream> having = own.stream().filter(each -> has(each, model)).toList();
    boolean foreignOnly = catalogue.upstreams().stream().anyMatch(each -> has(each, model));
    if (having.isEmpty() && (own.isEmpty() || foreignOnly)) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_VALUE,
          "model",
          "Prompts of this model cannot be counted before they run. Nothing was charged.");
    }
    return (having.isEmpty() ? own : having)
        .stream().min(Comparator.comparing(each -> !each.standing().isHealthy())).orElseThrow();
  }

  private static boolean has(Upstream server, String model) {
    return server.models().containsKey(model);
  }

  private static DataBuffer wrapped(ByteBuffer body) {
    return DefaultDataBufferFactory.sharedInstance.wrap(body);
  }

  /** Only now, so that nothing but the body itself holds its bytes while the engine answers. */
  private static DataBuffer bytes(Call call) {
    ByteBuffer content = call.body.content();
    if (!content.hasRemaining()) {
      throw new IllegalStateException("the request was over before it was sent");
    }
    return wrapped(content);
  }

  /**
   * Tells the engine to stop, again and again until it has heard: a cancel may overtake the request
   * itself, and a connection may break.
   *
   * @param over whether the request has ended, so that nobody need hear
   */
  void cancel(Route route, UUID id, BooleanSupplier over) {
    cancel(route.upstream(), id, over);
  }

  /** The same of a request of another replica, at every server of our own: one may have it. */
  void cancelAnywhere(UUID id, BooleanSupplier over) {
    catalogue.upstreams().stream().filter(Upstream::own).forEach(each -> cancel(each, id, over));
  }

  private void cancel(Upstream upstream, UUID id, BooleanSupplier over) {
    Mono.defer(() -> postCancel(upstream, id))
        .timeout(CANCEL_WAIT)
        .retryWhen(
            Retry.fixedDelay(CANCEL_TRIES, CANCEL_PAUSE).filter(failure -> !over.getAsBoolean()))
        .subscribe(
            done -> {},
            failure -> log.info("cancel of {} was not heard: {}", id, failure.toString()));
  }

  private Mono<ResponseEntity<Void>> postCancel(Upstream upstream, UUID id) {
    return http.post()
        .uri(upstream.url() + "/v1/requests/" + id + "/cancel")
        .header(HttpHeaders.AUTHORIZATION, String.valueOf(upstream.bearer()))
        .retrieve()
        .toBodilessEntity();
  }
}
