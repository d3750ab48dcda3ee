package io.r1platform.api.statements;

import io.r1platform.api.billing.StreamedBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.io.InputStream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * {@code /v1/invoices/{id}/bundle}: an invoice of the caller's organization with its records and
 * proofs, which {@code r1-verify-bill} checks. Passed on as it comes, as long as it is read at a
 * least pace; in places of its own, so that the other questions of a tenant never wait for it.
 */
@RestController
class BundleController {
  private static final MediaType ZIP = MediaType.parseMediaType("application/zip");
  private static final String ID = "[1-9][0-9]{0,17}";

  private final BillingReads billing;
  private final BundleSettings settings;
  private final FreeCalls downloads;
  private final Scheduler threads =
      Schedulers.fromExecutor(command -> Thread.ofVirtual().name("bundle").start(command));

  BundleController(BillingReads billing, BundleSettings settings) {
    this.billing = billing;
    this.settings = settings;
    this.downloads = new FreeCalls(settings.downloads(), settings.downloadsOfOne());
  }

  /** 409 with what is missing until there is one. */
  @GetMapping("/v1/invoices/{id}/bundle")
  Mono<Void> bundle(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      ServerHttpResponse response) {
    if (!id.matches(ID)) {
      throw ServiceException.notFound("This invoice");
    }
    String path =
        "/internal/v1/organizations/%d/invoices/%s/bundle".formatted(caller.organizationId(), id);
    return Mono.using(
        () -> new Download(downloads.begin(caller)),
        download ->
            Mono.fromCallable(() -> download.of(billing.open(path)))
                .subscribeOn(threads)
                .flatMap(in -> send(in, id, response)),
        Download::close);
  }

  private Mono<Void> send(InputStream in, String id, ServerHttpResponse response) {
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(ZIP);
    headers.setContentDisposition(
        ContentDisposition.attachment().filename("invoice-" + id + ".zip").build());
    var pace = new Pace(settings.grace(), settings.minRate());
    Flux<DataBuffer> pieces =
        JdkFlowAdapter.flowPublisherToFlux(new StreamedBody(in))
            .doOnNext(piece -> pace.moved(piece.remaining()))
            .map(response.bufferFactory()::wrap);
    return Mono.firstWithSignal(
            response.writeWith(pieces), pace.fellBehind().then(Mono.defer(() -> tooSlow(response))))
        .doOnError(failure -> forget(response));
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
