package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.stereotype.Component;

/**
 * Runs lines of batches: requests that have no client, at the prices and in the class of batches.
 * All else is as with any request.
 */
@Component
public final class LineRuns {
  /** What may stand in a line's {@code url}. */
  public enum Endpoint {
    CHAT("/v1/chat/completions"),
    COMPLETIONS("/v1/completions");

    private final String path;

    Endpoint(String path) {
      this.path = path;
    }

    /** Its path. */
    public String path() {
      return path;
    }

    /** The endpoint of that path, if lines may have it. */
    public static Optional<Endpoint> of(String path) {
      for (Endpoint endpoint : values()) {
        if (endpoint.path.equals(path)) {
          return Optional.of(endpoint);
        }
      }
      return Optional.empty();
    }

    private Kind kind() {
      return this == CHAT ? Kind.CHAT : Kind.RAW;
    }
  }

  /** How a run ended. */
  public sealed interface End permits Answered, Refused {}

  /**
   * It has an answer, or an error after tokens.
   *
   * @param body one JSON object
   * @param charged a decimal amount, or {@code "pending"}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answered(int status, byte[] body, String charged) implements End {}

  /** It cost nothing. */
  public record Refused(ServiceException why) implements End {}

  /** Keeps an answer before it is charged for. */
  @FunctionalInterface
  public interface Keeper {
    /** Completes when that is done; the run waits for it. */
    CompletableFuture<Void> keep(UUID eventId, int status, byte[] body);
  }

  private final Relay relay;
  private final Bodies bodies;
  private final ErrorBody errors;

  LineRuns(Relay relay, Bodies bodies, ErrorBody errors) {
    this.relay = relay;
    this.bodies = bodies;
    this.errors = errors;
  }

  /** Checks a body as its run will, as far as that needs no engine. Throws what is wrong. */
  public void check(Endpoint endpoint, ByteBuffer body) {
    var _ = read(endpoint, body);
  }

  private static ChatRequest read(Endpoint endpoint, ByteBuffer body) {
    ChatRequest request = ChatRequest.parse(endpoint.kind(), body);
    if (request.stream()) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_VALUE, "stream", "A line of a batch cannot be streamed.");
    }
    return request;
  }

  /**
   * Begins a run; what becomes of it is told later, and never as a failure.
   *
   * @param id of this moment
   */
  public CompletableFuture<End> run(
      Caller caller, Endpoint endpoint, byte[] content, UUID id, Instant at, Keeper keeper) {
    RequestBody body = bodies.open(content.length);
    var client = new LineClient(id, keeper, errors);
    try {
      body.add(DefaultDataBufferFactory.sharedInstance.wrap(content));
      ChatRequest request = read(endpoint, body.content());
      relay.begin(relay.admit(caller, request, body, id, at, true), client);
    } catch (RuntimeException e) { // whatever it is, somebody waits for the line
      body.free();
      client.refuse(e);
    }
    return client.ended().thenApply(this::unlessItStops);
  }

  /** What a stop of this server broke off is no failure of the engine. */
  private End unlessItStops(End end) {
    boolean broken = end instanceof Refused(var why) && why.code() == ErrorCode.ENGINE_FAILED;
    return broken && !relay.isRunning() ? new Refused(Relay.draining()) : end;
  }

  /** Stops a run of this process; what was generated is charged. False if it is not here. */
  public boolean stop(UUID id, long projectId) {
    return relay.cancel(id, projectId);
  }
}
