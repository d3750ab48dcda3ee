package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Generation;
import io.r1platform.inference.generation.Generations;
import java.time.Clock;
import java.util.UUID;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Chat completions and their cancellation. */
@RestController
final class CompletionsController {
  private final CompletionSettings settings;
  private final Admissions admissions;
  private final Generations generations;
  private final Clock clock;
  private final Scheduler virtualThreads =
      Schedulers.fromExecutor(command -> Thread.ofVirtual().name("r1-admission").start(command));

  CompletionsController(
      CompletionSettings settings, Admissions admissions, Generations generations, Clock clock) {
    this.settings = settings;
    this.admissions = admissions;
    this.generations = generations;
    this.clock = clock;
  }

  /**
   * Reading and tokenizing may take long, hence the virtual thread; then only memory is touched.
   */
  @PostMapping("/v1/chat/completions")
  Mono<Void> complete(ServerWebExchange exchange) {
    var call = new Call();
    Scheduler eventLoop = EventLoop.of(exchange.getResponse()); // a closed connection has none
    return DataBufferUtils.join(exchange.getRequest().getBody(), settings.bodyBytesMax())
        .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
        .map(CompletionsController::bytes)
        .defaultIfEmpty(new byte[0])
        .publishOn(virtualThreads)
        .map(body -> admissions.admit(exchange, body, call))
        .flatMap(
            admitted ->
                admitted
                    .response(
                        exchange.getResponse(),
                        settings.keepAlive(),
                        () -> generations.alive(admitted.model()),
                        clock,
                        eventLoop)
                    .write(admitted.completion().signals()))
        .doFinally(_ -> call.over());
  }

  /** The stream or JSON answer of the request then ends with its exact usage. */
  @PostMapping("/v1/requests/{id}/cancel")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void cancel(@PathVariable String id) {
    UUID eventId = CallHeaders.eventId(id);
    Generation generation =
        generations
            .find(eventId)
            .orElseThrow(
                () -> ServiceException.of(ErrorCode.NOT_FOUND, "No such request is running."));
    generation.cancel();
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private ServiceException tooLarge() {
    return ServiceException.of(
        ErrorCode.REQUEST_TOO_LARGE,
        "The body is longer than %d bytes.".formatted(settings.bodyBytesMax()));
  }
}
