package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.statements.FreeCalls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the engine how many tokens a prompt has; its refusals come as ours. Nobody pays for it, so
 * few run at once.
 */
@Component
final class TokenCounts {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int MOST = 8;
  private static final int MOST_OF_ONE = 2;

  private final FreeCalls calls = new FreeCalls(MOST, MOST_OF_ONE);

  private final EngineClient engine;
  private final JsonMapper json;

  TokenCounts(EngineClient engine, JsonMapper json) {
    this.engine = engine;
    this.json = json;
  }

  /** The engine's answer as it comes, to whoever passes it on. */
  Mono<Void> pass(
      Caller caller, String model, ByteBuffer body, Function<Flux<DataBuffer>, Mono<Void>> on) {
    return ask(caller, model, body, answer -> on.apply(answer.bodyToFlux(DataBuffer.class)));
  }

  /** The number of tokens of a chat body's prompt. */
  Mono<Integer> ofPrompt(Caller caller, String model, ByteBuffer chatBody) {
    return ask(
        caller, model, chatBody, answer -> answer.bodyToMono(byte[].class).map(this::tokens));
  }

  private <T> Mono<T> ask(
      Caller caller, String model, ByteBuffer body, Function<ClientResponse, Mono<T>> use) {
    return Mono.using(() -> calls.begin(caller), place -> ask(model, body, use));
  }

  private <T> Mono<T> ask(String model, ByteBuffer body, Function<ClientResponse, Mono<T>> use) {
    return engine
        .tokens(
            model,
            body,
            answer -> answer.statusCode().value() == 200 ? use.apply(answer) : refused(answer))
        .timeout(LONGEST)
        .onErrorMap(WebClientRequestException.class, away -> unavailable())
        .onErrorMap(TimeoutException.class, late -> unavailable());
  }

  private <T> Mono<T> refused(ClientResponse answer) {
    String retryAfter = answer.headers().asHttpHeaders().getFirst("retry-after");
    return answer
        .bodyToMono(byte[].class)
        .defaultIfEmpty(new byte[0])
        .flatMap(
            body ->
                Mono.error(
                    EngineErrors.refused(answer.statusCode().value(), body, retryAfter, json)
                        .error()));
  }

  private int tokens(byte[] answer) {
    try {
      int tokens = json.readTree(answer).path("tokens").asInt(0);
      if (tokens > 0) {
        return tokens;
      }
    } catch (JacksonException e) {
      throw EngineErrors.failed();
    }
    throw EngineErrors.failed();
  }

  private static ServiceException unavailable() {
    return ServiceException.later(
        ErrorCode.ENGINE_UNAVAILABLE,
        Duration.ofSeconds(2),
        "The engine of this model cannot be asked now. Nothing was charged. Send it again.");
  }
}
