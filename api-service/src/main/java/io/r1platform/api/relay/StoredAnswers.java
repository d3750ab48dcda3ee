package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.Idempotency;
import io.r1platform.api.idempotency.KeyedRequest;
import io.r1platform.api.idempotency.Reply;
import io.r1platform.api.idempotency.Standing;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.statements.FreeCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers that come from the database: those of requests that have ended, and those of requests
 * that another replica runs, once they have. Replicas do not know one another's addresses, so a
 * repeat looks each second whether the answer is there.
 */
final class StoredAnswers {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final int LOOKS_PER_KEEP_ALIVE = 10;
  private static final int MOST_WAITING = 256;
  private static final int MOST_WAITING_OF_ONE = 32;
  private static final int MOST_READING = 64;
  private static final int MOST_READING_OF_ONE = 8;
  private static final int PIECE = 64 << 10;

  private final Idempotency idempotency;
  private final KeptBytes memory;
  private final Answer writer;
  private final Duration readWait;
  private final Duration longestRun;
  private final Function<Caller, @Nullable ServiceException> revokedSince;
  private final FreeCalls waiting = new FreeCalls(MOST_WAITING, MOST_WAITING_OF_ONE);
  private final FreeCalls reading = new FreeCalls(MOST_READING, MOST_READING_OF_ONE);

  /**
   * Who asks.
   *
   * @param after output tokens that the client has
   * @param id of the request that asks, for errors
   */
  record Wanted(
      Caller caller,
      KeyedRequest request,
      ServerHttpResponse response,
      boolean stream,
      int after,
      UUID id) {}

  /** What one look found; {@code number} counts from 0. */
  private record Look(long number, Standing standing) {}

  /**
   * Answers of runs of up to {@code longestRun}, for clients that take up to {@code readWait} to
   * read them.
   */
  StoredAnswers(
      Idempotency idempotency,
      KeptBytes memory,
      Answer writer,
      Duration readWait,
      Duration longestRun,
      Function<Caller, @Nullable ServiceException> revokedSince) {
    this.idempotency = idempotency;
    this.memory = memory;
    this.writer = writer;
    this.readWait = readWait;
    this.longestRun = longestRun;
    this.revokedSince = revokedSince;
  }

  /** A stored answer, byte for byte but for what its client has. */
  Flux<DataBuffer> replay(Wanted wanted, UUID id, Reply reply) {
    ServerHttpResponse response = wanted.response;
    return Flux.using(
        () -> reading.begin(wanted.caller),
        place -> body(wanted, reply, () -> head(response, id, reply)),
        FreeCalls.Place::close);
  }

  private static void head(ServerHttpResponse response, UUID id, Reply reply) {
    response.setStatusCode(HttpStatusCode.valueOf(reply.status()));
    HttpHeaders headers = response.getHeaders();
    reply.headers().forEach(headers::set);
    headers.set(KeyedRuns.REPLAYED, "true");
    headers.set("x-request-id", id.toString());
  }

  private Flux<DataBuffer> body(Wanted wanted, Reply reply, Runnable head) {
    return Flux.using(
        () -> {
          memory.reserveStored(reply.body().length);
          head.run();
          return reply.body().length;
        },
        size -> pieces(wanted, reply),
        memory::releaseStored);
  }

  private Flux<DataBuffer> pieces(Wanted wanted, Reply reply) {
    byte[] body =
        wanted.stream && wanted.after > 0 && reply.status() == 200
            ? ResumedEvents.after(reply.body(), wanted.after)
            : reply.body();
    var slow = ServiceException.of(ErrorCode.REQUEST_TIMEOUT, "It was not read in time.");
    return Flux.range(0, Math.ceilDiv(body.length, PIECE))
        .map(n -> piece(wanted.response, body, n * PIECE))
        .takeUntilOther(Mono.delay(readWait).then(Mono.error(slow)));
  }

  private static DataBuffer piece(ServerHttpResponse response, byte[] body, int from) {
    DataBuffer whole = response.bufferFactory().wrap(body);
    whole.readPosition(from).writePosition(Math.min(body.length, from + PIECE));
    return whole;
  }

  /** The answer of a request that runs elsewhere, once it has ended. */
  Flux<DataBuffer> await(Wanted wanted, Predicate<UUID> runsHere) {
    return Flux.using(
        () -> waiting.begin(wanted.caller),
        place -> {
          var wait = new Wait(wanted);
          return Flux.interval(LOOK_EVERY)
              .onBackpressureDrop()
              .concatMap(number -> look(number, wanted, runsHere), 1)
              .takeUntil(look -> !(look.standing instanceof Standing.Running))
              .concatMap(wait::tell)
              .takeUntilOther(Mono.delay(longestRun).then(Mono.error(notEnded())));
        },
        FreeCalls.Place::close);
  }

  /** While the database is away, nobody knows better than that it still runs. */
  private Mono<Look> look(long number, Wanted wanted, Predicate<UUID> runsHere) {
    ServiceException revoked = revokedSince.apply(wanted.caller);
    if (revoked != null) {
      return Mono.error(revoked);
    }
    return Mono.fromFuture(() -> idempotency.look(wanted.request, runsHere), true)
        .onErrorReturn(new Standing.Running(wanted.id, false))
        .map(standing -> new Look(number, standing));
  }

  /** One client that waits. The status has left with the first sign of life. */
  private final class Wait {
    private final Wanted wanted;
    private boolean begun;

    Wait(Wanted wanted) {
      this.wanted = wanted;
    }

    Flux<DataBuffer> tell(Look look) {
      return switch (look.standing) {
        case Standing.Running still ->
            look.number % LOOKS_PER_KEEP_ALIVE == LOOKS_PER_KEEP_ALIVE - 1
                ? keepAlive()
                : Flux.empty();
        case Standing.Answered(UUID id, Reply reply) ->
            begun ? late(reply) : replay(wanted, id, reply);
        default -> fail(error(look.standing));
      };
    }

    private Flux<DataBuffer> keepAlive() {
      if (!begun) {
        begun = true;
        AnswerHead.write(wanted.response.getHeaders(), wanted.stream);
      }
      return send((wanted.stream ? ": keep-alive\n\n" : "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private Flux<DataBuffer> late(Reply reply) {
      boolean event = wanted.stream && !isStream(reply);
      return event ? send(Answer.event(reply.body())) : body(wanted, reply, () -> {});
    }

    private Flux<DataBuffer> fail(ServiceException error) {
      if (!begun) {
        return Flux.error(error);
      }
      return send(
          wanted.stream ? writer.errorEvent(error, wanted.id) : writer.error(error, wanted.id));
    }

    private Flux<DataBuffer> send(byte[] bytes) {
      return Flux.just(wanted.response.bufferFactory().wrap(bytes));
    }
  }

  private static boolean isStream(Reply reply) {
    return String.valueOf(reply.headers().get(HttpHeaders.CONTENT_TYPE))
        .startsWith(MediaType.TEXT_EVENT_STREAM_VALUE);
  }

  /** Why a repeat gets no answer. */
  static ServiceException error(Standing standing) {
    return switch (standing) {
      case Standing.Conflict conflict ->
          ServiceException.about(
              ErrorCode.IDEMPOTENCY_CONFLICT,
              "Idempotency-Key",
              "This key came with another body before. Nothing was run or charged. Use another"
                  + " key.");
      case Standing.Unkept(UUID id, String charged) ->
          ServiceException.of(
                  ErrorCode.INVALID_STATE,
                  "The first request with this key has ended, as %s, but its answer is not kept."
                          .formatted(id)
                      + " It was charged once. Use another key to run it again.")
              .charged(charged);
      case Standing.Died died ->
          ServiceException.of(
              ErrorCode.ENGINE_FAILED,
              "The server that ran this died. Nothing was charged. Send it again.");
      case Standing.Absent absent ->
          ServiceException.of(
              ErrorCode.ENGINE_FAILED,
              "The first request with this key ended without a token. Nothing was charged. Send it"
                  + " again.");
      case Standing.Full full ->
          ServiceException.later(
              ErrorCode.RATE_LIMIT_EXCEEDED,
              Duration.ofMinutes(1),
              "This project has as many idempotency keys within a day as it may. Nothing was"
                  + " charged. Send it without a key, or later.");
      case Standing.First first -> throw new IllegalArgumentException("the first runs");
      case Standing.Running running -> throw new IllegalArgumentException("it runs");
      case Standing.Answered answered -> throw new IllegalArgumentException("it has an answer");
    };
  }

  private static ServiceException notEnded() {
    return ServiceException.of(
            ErrorCode.DEADLINE_EXCEEDED,
            "The first request with this key has not ended in time. Nothing more was charged.")
        .charged("pending");
  }
}
