package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorBody;
import io.r1platform.api.errors.ServiceException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Hears the answer to a line of a batch, of which only the whole counts. */
final class LineClient implements ClientSide {
  private final UUID eventId;
  private final LineRuns.Keeper keeper;
  private final ErrorBody errors;
  private final CompletableFuture<LineRuns.End> ended = new CompletableFuture<>();
  private volatile int status = HttpStatus.OK.value();

  LineClient(UUID eventId, LineRuns.Keeper keeper, ErrorBody errors) {
    this.eventId = eventId;
    this.keeper = keeper;
    this.errors = errors;
  }

  CompletableFuture<LineRuns.End> ended() {
    return ended;
  }

  @Override
  public void connect(Run run) {
    run.onDemand(Long.MAX_VALUE);
  }

  @Override
  public boolean isGone() {
    return false;
  }

  /** Signs of life that came before the answer are no part of it. */
  @Override
  public boolean isAnswering() {
    return false;
  }

  @Override
  public void leave() {
    // Nobody is there who could.
  }

  @Override
  public void status(int wanted) {
    status = wanted;
  }

  @Override
  public void header(String name, String value) {
    // Results of lines have no headers.
  }

  @Override
  public void send(byte[] bytes) {
    // Empty lines, for clients that wait.
  }

  @Override
  public boolean keeps() {
    return true;
  }

  @Override
  public CompletableFuture<Void> keep(int wanted, byte[] last) {
    return keeper.keep(eventId, wanted, last);
  }

  @Override
  public void end(byte[] last, @Nullable String charged) {
    ended.complete(new LineRuns.Answered(status, last, charged == null ? "0" : charged));
  }

  @Override
  public void refuse(Throwable error) {
    ServiceException why = error instanceof ServiceException told ? told : EngineErrors.failed();
    if (why.charged().equals("0")) {
      ended.complete(new LineRuns.Refused(why));
    } else {
      ended.complete(
          new LineRuns.Answered(
              why.code().httpStatus(), errors.openAi(why, eventId), why.charged()));
    }
  }
}
