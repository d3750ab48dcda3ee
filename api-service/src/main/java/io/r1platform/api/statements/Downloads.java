package io.r1platform.api.statements;

import io.r1platform.api.billing.StreamedBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.KeyChecks;
import java.io.InputStream;
import java.util.concurrent.Callable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Files of billing's, passed on as they come, as long as they are read at a least pace; in places
 * of their own, so that the other questions of a tenant never wait for them.
 */
@Component
class Downloads {
  private final BundleSettings settings;
  private final KeyChecks keys;
  private final FreeCalls places;
  private final Scheduler threads =
      Schedulers.fromExecutor(command -> Thread.ofVirtual().name("download").start(command));

  Downloads(BundleSettings settings, KeyChecks keys) {
    this.settings = settings;
    this.keys = keys;
    this.places = new FreeCalls(settings.downloads(), settings.downloadsOfOne());
  }

  /** Opens the file, which may block, and sends it. */
  Mono<Void> send(
      Caller caller,
      Callable<InputStream> file,
      MediaType type,
      String name,
      ServerHttpResponse response) {
    return Mono.using(
        () -> new Download(places.begin(caller)),
        download ->
            Mono.fromCallable(() -> download.of(file.call()))
                .subscribeOn(threads)
                .flatMap(in -> send(caller, in, type, name, response)),
        Download::close);
  }

  private Mono<Void> send(
      Caller caller, InputStream in, MediaType type, String name, ServerHttpResponse response) {
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(type);
    headers.setContentDisposition(ContentDisposition.attachment().filename(name).build());
    var pace = new Pace(settings.grace(), settings.minRate());
    Flux<DataBuffer> pieces =
        JdkFlowAdapter.flowPublisherToFlux(new StreamedBody(in))
            .doOnNext(piece -> pace.moved(piece.remaining()))
            .doOnNext(piece -> requireKey(caller, response))
            .map(response.bufferFactory()::wrap);
    return Mono.firstWithSignal(
            response.writeWith(pieces), pace.fellBehind().then(Mono.defer(() -> tooSlow(response))))
        .doOnError(failure -> forget(response));
  }

  /** What a revoked key is being sent ends there. */
  private void requireKey(Caller caller, ServerHttpResponse response) {
    ServiceException revoked = keys.revokedSince(caller);
    if (revoked != null) {
      if (response.isCommitted()) {
        Pace.hangUp(response);
      }
      throw revoked;
    }
  }

  /** Whoever does not read hears nothing. */
  private static Mono<Void> tooSlow(ServerHttpResponse response) {
    Pace.hangUp(response);
    return Mono.error(
        ServiceException.of(
            ErrorCode.REQUEST_TIMEOUT, "The download was too slow. Nothing was charged."));
  }

  /** Where nothing has left, the error has headers of its own. */
  private static void forget(ServerHttpResponse response) {
    if (!response.isCommitted()) {
      response.getHeaders().clearContentHeaders();
    }
  }
}
