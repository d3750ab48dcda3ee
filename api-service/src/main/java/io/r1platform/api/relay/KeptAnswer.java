package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.Reply;
import io.r1platform.api.metering.Finish;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The answer to a request with a key: it keeps every byte, so that clients may come, leave and come
 * back; each reads from its start at its own pace. What no client reads is run on with for a while.
 * State is guarded by this object's lock, which is never held while the run's is asked for: the run
 * calls with its own.
 */
final class KeptAnswer implements ClientSide {
  private static final int MOST_CLIENTS = 64;

  /** How long the end of a run that was not charged waits for its key to be free. */
  private static final Duration FREE_WAIT = Duration.ofSeconds(2);

  /** Pieces that are asked for ahead, half of it at a time. */
  private static final int AHEAD = 32;

  private final UUID eventId;
  private final boolean stream;
  private final KeptBytes memory;
  private final Duration longestAlone;
  private final Answer writer;
  private final BiConsumer<KeptAnswer, @Nullable String> onEnd;
  private final HttpHeaders headers = new HttpHeaders();
  private final List<byte[]> pieces = new ArrayList<>();
  private final List<AnswerClient> clients = new CopyOnWriteArrayList<>();
  private int status = 200;
  private long first;
  private long reserved;
  private int owed;
  private boolean answering;
  private boolean overflowed;
  private boolean closed;
  private boolean ended;
  private boolean free;
  private boolean stored;
  private boolean released;
  private @Nullable Runnable held;
  private @Nullable Throwable refusal;
  private @Nullable Run run;
  private Disposable alone = Disposables.disposed();

  /** It has left memory and is to be read from the database. */
  static final class Released extends RuntimeException {
    Released() {
      super("the answer has left memory", null, false, false);
    }
  }

  /**
   * The answer of a run that has not begun.
   *
   * @param onEnd told once, when it has ended: what was charged, null if it ended without a token
   */
  KeptAnswer(
      UUID eventId,
      boolean stream,
      KeptBytes memory,
      Duration longestAlone,
      Answer writer,
      BiConsumer<KeptAnswer, @Nullable String> onEnd) {
    this.eventId = eventId;
    this.stream = stream;
    this.memory = memory;
    this.longestAlone = longestAlone;
    this.writer = writer;
    this.onEnd = onEnd;
    headers.set("x-request-id", eventId.toString());
  }

  /** Whose run it is. */
  UUID eventId() {
    return eventId;
  }

  /**
   * The answer from its start, for one more client; but no tokens up to {@code after}. Fails with
   * {@link Released} if it came too late.
   */
  Flux<DataBuffer> read(ServerHttpResponse response, int after, long keyId) {
    return Flux.create(
        sink -> {
          var client = new AnswerClient(sink, response, stream ? after : 0, keyId);
          RuntimeException refused = attach(client);
          if (refused != null) {
            sink.error(refused);
            return;
          }
          sink.onRequest(n -> pump(client));
          sink.onDispose(() -> detach(client));
        });
  }

  private synchronized @Nullable RuntimeException attach(AnswerClient client) {
    if (released) {
      return new Released();
    }
    if (refusal == null && overflowed) {
      return ServiceException.of(
          ErrorCode.INVALID_STATE,
          "Another client reads this answer, and it has grown too large to be read by a second."
              + " Nothing more was charged.");
    }
    if (clients.size() >= MOST_CLIENTS) {
      return ServiceException.later(
          ErrorCode.RATE_LIMIT_EXCEEDED,
          Duration.ofSeconds(1),
          "%d clients read this answer already. Nothing was charged.".formatted(MOST_CLIENTS));
    }
    clients.add(client);
    if (!closed) {
      alone.dispose();
    }
    client.replays(ended);
    return null;
  }

  private synchronized void detach(AnswerClient client) {
    if (!clients.remove(client)) {
      return;
    }
    if (!clients.isEmpty()) {
      catchUp(); // the others may have waited for this one
      return;
    }
    onAlone();
    if (stored) {
      release();
    }
  }

  /** Nobody reads: what nobody can read later either is stopped at once. */
  private void onAlone() {
    if (!closed) {
      alone.dispose();
      alone = Mono.delay(overflowed ? Duration.ZERO : longestAlone).subscribe(t -> stopIfAlone());
    }
  }

  private void stopIfAlone() {
    Run running;
    synchronized (this) {
      running = closed || !clients.isEmpty() ? null : run;
    }
    if (running != null) {
      running.stop(new Run.Stop(Finish.CLIENT_DISCONNECT, EngineErrors.abandoned()));
    }
  }

  /** Ends the reading of clients that came with this key. */
  void cutOff(long keyId, ServiceException why) {
    clients.stream().filter(client -> client.keyId() == keyId).forEach(client -> client.fail(why));
  }

  private synchronized void pump(AnswerClient client) {
    if (!clients.contains(client)) {
      return; // it was cut off meanwhile, and the pieces may be gone
    }
    pumpLocked(client);
    catchUp();
  }

  private void pumpLocked(AnswerClient client) {
    Throwable error = refusal;
    if (error != null) {
      client.fail(error);
      return;
    }
    while (client.next() < first + pieces.size() && client.isReady()) {
      client.take(pieces.get((int) (client.next() - first)), status, headers);
    }
    if (ended && client.next() == first + pieces.size()) {
      client.complete();
    }
  }

  /**
   * Asks the run for more: at once while all is kept, else when every client has what there is.
   * Elsewhere than here, for the run holds its lock while it sends.
   */
  private void catchUp() {
    Run running = run;
    if (overflowed) {
      if (clients.stream().anyMatch(client -> client.next() < first + pieces.size())) {
        return;
      }
      first += pieces.size();
      pieces.clear();
      memory.release(reserved);
      reserved = 0;
    }
    if (running != null && owed >= AHEAD / 2) {
      int more = owed;
      owed = 0;
      Schedulers.parallel().schedule(() -> running.onDemand(more));
    }
  }

  @Override
  public void connect(Run starting) {
    synchronized (this) {
      run = starting;
      if (clients.isEmpty()) {
        onAlone();
      }
    }
    starting.onDemand(AHEAD);
  }

  @Override
  public boolean isGone() {
    return false;
  }

  @Override
  public synchronized boolean isAnswering() {
    return answering;
  }

  @Override
  public void leave() {
    // A run with a key does not hear of its clients.
  }

  @Override
  public synchronized void status(int wanted) {
    if (!answering) {
      status = wanted;
    }
  }

  @Override
  public synchronized void header(String name, String value) {
    if (!answering) {
      headers.set(name, value);
    }
  }

  @Override
  public synchronized void send(byte[] bytes) {
    if (!closed) {
      add(bytes, stream);
      owed++;
      catchUp();
    }
  }

  @Override
  public boolean keeps() {
    return false;
  }

  @Override
  public @Nullable CompletableFuture<Void> keep(int wanted, byte[] last) {
    return null;
  }

  @Override
  public void end(byte[] last, @Nullable String charged) {
    end(last, stream, charged);
  }

  private void end(byte[] last, boolean events, @Nullable String charged) {
    close(
        () -> {
          ended = true;
          add(last, events);
        },
        charged);
  }

  @Override
  public void refuse(Throwable error) {
    if (error instanceof ServiceException told && !told.charged().equals("0")) {
      status(told.code().httpStatus());
      header("x-should-retry", Boolean.toString(told.shouldRetry()));
      end(writer.error(told, eventId), false, told.charged());
      return;
    }
    close(
        () -> {
          ended = true;
          refusal = error;
          clients.forEach(this::pumpLocked);
        },
        null);
  }

  /** Whoever hears that nothing was charged may use the key again, so it is freed before. */
  private void close(Runnable last, @Nullable String charged) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      alone.dispose();
      free = charged == null;
      if (free) {
        held = last;
        alone = Mono.delay(FREE_WAIT).subscribe(tick -> tellHeld());
      } else {
        last.run();
      }
    }
    onEnd.accept(this, charged);
  }

  private synchronized void tellHeld() {
    Runnable last = held;
    held = null;
    if (last != null) {
      last.run();
    }
  }

  private void add(byte[] bytes, boolean events) {
    if (!answering) {
      answering = true;
      AnswerHead.write(headers, events);
    }
    pieces.add(bytes);
    if (!overflowed) {
      if (memory.reserve(bytes.length, reserved + bytes.length)) {
        reserved += bytes.length;
      } else {
        overflowed = true;
        if (clients.isEmpty()) {
          onAlone();
        }
      }
    }
    clients.forEach(this::pumpLocked);
  }

  /** The whole answer, once it has ended; null if it was too large to be kept. */
  synchronized @Nullable Reply reply() {
    if (overflowed) {
      return null;
    }
    var body = new ByteArrayOutputStream((int) reserved);
    pieces.forEach(body::writeBytes);
    return new Reply(status, headers.toSingleValueMap(), body.toByteArray());
  }

  /**
   * It can be had from the database from now on. Clients that still read it may for a while, then
   * they have to come again.
   */
  synchronized void stored() {
    tellHeld();
    alone.dispose();
    stored = true;
    if (clients.isEmpty()) {
      release();
    } else {
      alone = Mono.delay(longestAlone).subscribe(tick -> cutOff());
    }
  }

  private void cutOff() {
    var slow = ServiceException.of(ErrorCode.REQUEST_TIMEOUT, "The answer was not read in time.");
    clients.forEach(client -> client.fail(slow));
  }

  /** What was not charged stands nowhere else: its few bytes stay for who is on the way to them. */
  private void release() {
    alone.dispose();
    memory.release(reserved);
    reserved = 0;
    if (!free) {
      released = true;
      first += pieces.size();
      pieces.clear();
    }
  }
}
