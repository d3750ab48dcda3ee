package io.r1platform.api.relay;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.upstreams.CacheSalts;
import io.r1platform.api.upstreams.Route;
import io.r1platform.api.upstreams.Upstream;
import io.r1platform.api.upstreams.UpstreamAddresses;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Speaks to servers of others in OpenAI's protocol. It follows no redirect, shows no certificate of
 * ours, and sends nothing that names a tenant.
 */
@Component
final class ForeignClient {
  private static final String OF_THE_JVM = "";
  private static final int MOST_TRUSTS = 100;

  private final HttpClient like;
  private final Map<String, WebClient> byTrust = new ConcurrentHashMap<>();

  ForeignClient() {
    var connections =
        ConnectionProvider.builder("upstream")
            .maxConnections(4_096)
            .maxIdleTime(Duration.ofSeconds(20))
            .build();
    this.like =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2_000)
            .followRedirect(false)
            .disableRetry(true)
            .resolvedAddressesSelector((config, found) -> UpstreamAddresses.allowed(found));
  }

  /** The reply's bytes on demand; its head comes first, without demand. */
  Flux<DataBuffer> chat(EngineClient.Call call, Route route, Consumer<EngineClient.Head> onHead) {
    Upstream upstream = route.upstream();
    return Mono.fromCallable(() -> body(call, route))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMapMany(
            body ->
                client(upstream.trusted())
                    .post()
                    .uri(upstream.url() + call.kind().enginePath())
                    .contentType(MediaType.APPLICATION_JSON)
                    .accept(MediaType.TEXT_EVENT_STREAM, MediaType.APPLICATION_JSON)
                    .headers(headers -> authorize(headers, upstream))
                    .contentLength(body.length)
                    .body((request, context) -> request.writeWith(Mono.just(wrapped(body))))
                    .exchangeToFlux(
                        response -> {
                          HttpHeaders headers = response.headers().asHttpHeaders();
                          onHead.accept(
                              new EngineClient.Head(response.statusCode().value(), headers));
                          return response.bodyToFlux(DataBuffer.class);
                        }));
  }

  private static byte[] body(EngineClient.Call call, Route route) {
    ByteBuffer content = call.body().content();
    if (!content.hasRemaining()) {
      throw new IllegalStateException("the request was over before it was sent");
    }
    CacheSalts salts = route.upstream().salts();
    String salt = salts == null ? null : salts.of(call.asker().cacheScope());
    return ForeignBody.of(content, route.model(), call.maxTokens(), call.choices(), salt);
  }

  private static void authorize(HttpHeaders headers, Upstream upstream) {
    String authorization = upstream.bearer();
    if (authorization != null) {
      headers.set(HttpHeaders.AUTHORIZATION, authorization);
    }
  }

  private static DataBuffer wrapped(byte[] body) {
    return DefaultDataBufferFactory.sharedInstance.wrap(body);
  }

  private WebClient client(@Nullable String trusted) {
    if (byTrust.size() > MOST_TRUSTS) {
      byTrust.clear();
    }
    return byTrust.computeIfAbsent(trusted == null ? OF_THE_JVM : trusted, this::trusting);
  }

  private WebClient trusting(String pem) {
    HttpClient client = like;
    if (!pem.equals(OF_THE_JVM)) {
      SslContext context = context(pem);
      client = like.secure(spec -> spec.sslContext(context));
    }
    return WebClient.builder().clientConnector(new ReactorClientHttpConnector(client)).build();
  }

  private static SslContext context(String pem) {
    try {
      byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
      return SslContextBuilder.forClient().trustManager(new ByteArrayInputStream(bytes)).build();
    } catch (SSLException e) {
      throw ServiceException.because(
          ErrorCode.ENGINE_UNAVAILABLE, "The engine cannot be reached.", e);
    }
  }
}
