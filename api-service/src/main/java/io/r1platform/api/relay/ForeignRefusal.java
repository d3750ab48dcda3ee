package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Finish;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A foreign server's answer that is no event stream: it refused, or makes no sense. What it says is
 * read only to tell a prompt that is too long; it may name what is not a tenant's business, or
 * repeat the prompt, so that it goes neither to the client nor to a log.
 */
final class ForeignRefusal implements ReplyReader {
  private static final int MOST = 64 << 10;
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final int status;
  private final @Nullable String retryAfter;

  ForeignRefusal(int status, @Nullable String retryAfter) {
    this.status = status;
    this.retryAfter = retryAfter;
  }

  @Override
  public Step read(byte[] bytes) {
    if (body.size() + bytes.length > MOST) {
      return new Step(null, closed());
    }
    body.writeBytes(bytes);
    return Step.MORE;
  }

  @Override
  public End closed() {
    ServiceException error = error();
    boolean failed = error.code() == ErrorCode.ENGINE_FAILED;
    return new Errored(failed ? Finish.ENGINE_ERROR : Finish.REFUSED, error, null);
  }

  @Override
  public Seen seen() {
    return Seen.NOTHING;
  }

  private ServiceException error() {
    return switch (status) {
      case 400, 422 ->
          isTooLong()
              ? ServiceException.about(
                  ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                  "messages",
                  "The prompt is too long for the model. Nothing was charged.")
              : ServiceException.of(
                  ErrorCode.UNSUPPORTED_VALUE,
                  "The server of this model does not take this request. Nothing was charged.");
      case 413 ->
          ServiceException.of(
              ErrorCode.REQUEST_TOO_LARGE,
              "The request is too large for the server of this model. Nothing was charged.");
      case 429 -> ServiceException.later(ErrorCode.ENGINE_OVERLOADED, pause(), BUSY);
      case 401, 403, 404, 503 ->
          ServiceException.later(ErrorCode.ENGINE_UNAVAILABLE, pause(), BUSY);
      default -> EngineErrors.failed();
    };
  }

  private static final String BUSY =
      "The engine cannot serve this now. Nothing was charged. Send it again.";

  private boolean isTooLong() {
    String text = body.toString(StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    return text.contains("context length") || text.contains("context_length");
  }

  private Duration pause() {
    if (retryAfter == null || !retryAfter.matches("\\d{1,6}")) {
      return PAUSE;
    }
    Duration told = Duration.ofSeconds(Math.max(1, Long.parseLong(retryAfter)));
    return told.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : told;
  }
}
