package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.holds.Hold;
import io.r1platform.api.holds.WorstCase;
import io.r1platform.api.limits.Pass;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.metering.UsageRecord;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.requests.LoggedRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * One running request. Its two sides, the engine and the client, live apart: when the client
 * leaves, the engine's side is read on until its count is known. Everything that can end it meets
 * in {@link #finish}, which acts once. All state is guarded by this object's lock, held for memory
 * work only.
 */
final class Run {
  private static final Logger log = LoggerFactory.getLogger(Run.class);

  private final Relay relay;
  private final Admission admission;
  private final EngineClient.Call call;
  private final Hold hold;
  private final Pass pass;
  private final ClientSide client;
  private final Ending ending;
  private final TokenGaps gaps = new TokenGaps();
  private EngineSide engine;
  private EngineClient.@Nullable Head head;
  private @Nullable ReplyReader reader;
  private int attempt;
  private long demand;
  private long asked;
  private long heardNanos;
  private int ttftMillis;
  private boolean admitted;
  private boolean clientGone;
  private boolean finished;
  private Disposable limit = Disposables.disposed();
  private boolean overran;
  private @Nullable Stop stop;

  /** What is asked for. */
  record Wanted(Admission admission, EngineClient.Call call, boolean includeUsage) {}

  /** Why the gateway ends it before the engine does, and what the client hears then. */
  record Stop(Finish finish, ServiceException error) {}

  Run(Relay relay, Wanted wanted, Hold hold, Pass pass, ClientSide client) {
    this.relay = relay;
    this.admission = wanted.admission().holding(hold.reservation());
    this.call = wanted.call();
    this.hold = hold;
    this.pass = pass;
    this.client = client;
    this.ending = new Ending(client, relay, admission, wanted);
    this.engine = newEngineSide();
    client.header("x-r1-cost-max", hold.pico().decimal());
    client.connect(this);
  }

  /**
   * Begins: ADMIT and the engine's call at once, the client's bytes when both have answered. If the
   * client has left meanwhile, or it was stopped, nothing begins and nothing is charged.
   */
  synchronized void start() {
    if (finished || clientGone || stop != null || !call.body().take()) {
      endUnstarted();
      return;
    }
    var durable = relay.journal().admit(admission);
    if (!durable.isCompletedExceptionally()) {
      callEngine();
    }
    Mono.fromFuture(durable, true)
        .timeout(relay.settings().admitWait())
        .publishOn(Schedulers.parallel())
        .subscribe(nothing -> {}, this::onAdmitFailed, this::onAdmitted);
    limit = Mono.delay(relay.settings().deadline()).subscribe(tick -> onDeadline());
  }

  private void endUnstarted() {
    finished = true;
    call.body().free();
    hold.release();
    pass.settle(0, 0);
    relay.forget(this);
    if (stop != null) {
      client.refuse(stop.error());
    } else {
      client.unstarted();
    }
  }

  /**
   * Stops the engine and waits a while for its count, whether or not the client reads; what was
   * generated is charged, and the client told why. The first reason counts.
   */
  synchronized void stop(Stop why) {
    if (finished || stop != null) {
      return;
    }
    stop = why;
    if (attempt > 0) {
      cancel();
      flow();
      Mono.delay(relay.settings().countWait()).subscribe(tick -> onStopOverdue(why));
    }
  }

  private synchronized void onStopOverdue(Stop why) {
    if (!finished) {
      engine.cancel();
      finish(why.finish(), seen(), null, why.error());
    }
  }

  /** Stops it if the engine was asked for more and has been silent since: it hangs. */
  synchronized void stopIfSilent(Duration longest) {
    boolean silent = asked > 0 && System.nanoTime() - heardNanos > longest.toNanos();
    if (silent && !finished && stop == null) {
      log.warn("request {}: the engine has said nothing for {}", call.id(), longest);
      stop(new Stop(Finish.ENGINE_ERROR, EngineErrors.failed()));
    }
  }

  /** This process stood still and heard nothing: the engine's silence begins now. */
  synchronized void startListening() {
    heardNanos = System.nanoTime();
  }

  private void cancel() {
    relay.engine().cancel(call.id(), this::isOver);
  }

  private synchronized boolean isOver() {
    return finished;
  }

  Admission admission() {
    return admission;
  }

  Pass pass() {
    return pass;
  }

  private EngineSide newEngineSide() {
    return new EngineSide(this::onBytes, this::onClosed, this::onBroken);
  }

  private void callEngine() {
    attempt++;
    if (attempt > 1) {
      engine = newEngineSide();
    }
    heardNanos = System.nanoTime();
    asked = 1; // its head
    relay.engine().chat(call, attempt, this::onHead).subscribe(engine);
  }

  private void ask(long buffers) {
    if (asked == 0) {
      heardNanos = System.nanoTime();
    }
    asked = asked + buffers < 0 ? Long.MAX_VALUE : asked + buffers;
    engine.request(buffers);
  }

  private synchronized void onAdmitted() {
    admitted = true;
    flow();
  }

  private synchronized void onAdmitFailed(Throwable failure) {
    if (finished) {
      return;
    }
    if (failure instanceof TimeoutException) {
      stopEngine();
      finish(Finish.REFUSED, Tokens.NONE, null, ServiceException.meteringUnavailable());
    } else {
      hold.release(); // no ADMIT was written, or this epoch is over and its holds are void
      abandon("The request could not be metered. Nothing was charged. Send it again.");
    }
  }

  private synchronized void onHead(EngineClient.Head received) {
    head = received;
    asked = 0;
    call.body().free(); // the engine has it, and is not asked again
    reader = relay.reader(received);
    shrinkHold(received);
    String cap = received.headers().getFirst("x-r1-max-tokens");
    if (cap != null) {
      client.header("x-r1-max-tokens", cap);
    }
    flow();
  }

  /** Tokens are fewer than bytes: what the prompt cannot cost any more is free for others. */
  private void shrinkHold(EngineClient.Head received) {
    if (received.status() == 200 && received.headers().containsHeader(PromptTokens.HEADER)) {
      int prompt = PromptTokens.of(received).input();
      WorstCase known = WorstCase.of(prompt, admission.outputCap(), admission.price().worst());
      if (prompt > 0) {
        hold.shrinkTo(known.amount());
      }
    }
  }

  /** The client takes so many more pieces. */
  synchronized void onDemand(long n) {
    demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
    flow();
  }

  /** Lets the engine's bytes come, as many as the client wants, once there may be an answer. */
  private void flow() {
    if (reader == null || !(admitted || clientGone || finished)) {
      return;
    }
    if (clientGone || stop != null || finished || !(reader instanceof EventReader)) {
      ask(Long.MAX_VALUE);
    } else if (demand > 0) {
      long wanted = demand;
      demand = 0;
      ask(wanted);
    }
  }

  /**
   * Copies the bytes off the network's memory, for they may wait for a client that reads slowly or
   * has left, and what Reactor discards then it does not give back.
   */
  private void onBytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    onBytes(bytes);
  }

  private synchronized void onBytes(byte[] bytes) {
    ReplyReader reading = reader;
    heardNanos = System.nanoTime();
    asked = asked == Long.MAX_VALUE ? asked : asked - 1;
    if (finished || reading == null) {
      return;
    }
    ReplyReader.Step step = reading.read(bytes);
    gaps.seen(reading.seen().output(), heardNanos);
    pass.generated(reading.seen().output());
    if (ttftMillis == 0 && reading.seen().output() > 0) {
      Duration passed = Duration.between(admission.admittedAt(), relay.clock().instant());
      ttftMillis = Math.clamp(passed.toMillis(), 1, Integer.MAX_VALUE);
    }
    if (!overran && reading.seen().output() > admission.outputCap()) {
      overran = true;
      log.warn("request {}: the engine passed its cap: cut, the rest is waived", call.id());
      cancel();
    }
    byte[] pass = step.pass();
    if (pass != null) {
      client.send(pass);
    }
    if (step.end() != null) {
      onEnd(step.end());
    } else if (pass == null) {
      ask(1);
    }
  }

  private synchronized void onClosed() {
    if (!finished) {
      onEnd(
          reader == null
              ? new ReplyReader.Errored(Finish.ENGINE_ERROR, EngineErrors.failed(), null)
              : reader.closed());
    }
    limit.dispose();
  }

  private synchronized void onBroken(Throwable failure) {
    if (finished) {
      limit.dispose();
      return;
    }
    boolean neverReached =
        head == null && stop == null && EngineErrors.isUnreachable(failure.getCause());
    if (neverReached && attempt == 1 && !clientGone) {
      callEngine();
      return;
    }
    log.warn("request {}: the engine's reply broke: {}", call.id(), failure.toString());
    onEnd(
        neverReached
            ? new ReplyReader.Errored(Finish.REFUSED, EngineErrors.unreachable(), null)
            : new ReplyReader.Errored(Finish.ENGINE_ERROR, EngineErrors.failed(), null));
    limit.dispose();
  }

  private void onEnd(ReplyReader.End end) {
    switch (end) {
      case ReplyReader.Counted(EngineReport report) -> {
        Finish how = overran ? Finish.LENGTH : report.finish(clientGone);
        if (how == Finish.CANCELLED) {
          finishStopped(how, report.tokens(), report, EngineErrors.cancelled());
        } else {
          finish(how, report.tokens(), report, null);
        }
      }
      case ReplyReader.Errored(Finish finish, ServiceException error, EngineReport report) -> {
        Finish how = clientGone ? Finish.CLIENT_DISCONNECT : finish;
        Tokens tokens = report == null ? seen() : report.tokens();
        if (how == Finish.CANCELLED || error.code() == ErrorCode.ENGINE_FAILED) {
          finishStopped(how, tokens, report, error);
        } else {
          finish(how, tokens, report, error);
        }
      }
    }
  }

  /** If it was the gateway that stopped the engine, its reason counts, not what the engine says. */
  private void finishStopped(
      Finish how, Tokens tokens, @Nullable EngineReport report, ServiceException error) {
    if (stop == null || clientGone) {
      finish(how, tokens, report, error);
    } else {
      finish(stop.finish(), tokens, report, stop.error());
    }
  }

  /** The client left: the engine stops, and what was generated is charged. */
  synchronized void onClientGone() {
    clientGone = true;
    client.leave();
    if (finished || attempt == 0) { // over, or start() will see it
      return;
    }
    cancel();
    flow();
    Mono.delay(relay.settings().countWait()).subscribe(tick -> onCountOverdue());
  }

  private synchronized void onCountOverdue() {
    if (!finished) {
      engine.cancel();
      finish(Finish.CLIENT_DISCONNECT, seen(), null, EngineErrors.failed());
    }
  }

  /** What the gateway saw itself, for want of the engine's count. */
  private Tokens seen() {
    ReplyReader reading = reader;
    if (reading == null) {
      return PromptTokens.of(head).with(ReplyReader.Seen.NOTHING);
    }
    PromptTokens told = reading.promptTokens();
    return (told == null ? PromptTokens.of(head) : told).with(reading.seen());
  }

  /** The engine's own limit has not ended it: it hangs, or the client does not read its end. */
  private void onDeadline() {
    stop(new Stop(Finish.DEADLINE, EngineErrors.deadlineExceeded()));
  }

  private void stopEngine() {
    engine.cancel();
    cancel();
  }

  /**
   * The one place where a request ends: once, whoever comes first. The FINAL is written; the client
   * hears the end when it is durable, or at once if it says that nothing was charged.
   */
  private void finish(
      Finish finish,
      Tokens tokens,
      @Nullable EngineReport report,
      @Nullable ServiceException error) {
    if (finished) {
      return;
    }
    finished = true;
    call.body().free();
    limit.dispose(); // from here on the engine has a moment to close its reply
    limit = Mono.delay(relay.settings().countWait()).subscribe(tick -> engine.cancel());
    flow();
    int ttft = ttftMillis > 0 || report == null ? ttftMillis : report.ttftMillis();
    String hash = report == null ? UsageRecord.NO_HASH : report.outputSha256();
    // An exact count whose receipt the engine could not store stands on the gateway's word alone.
    boolean unproven = error != null && error.code() == ErrorCode.METERING_UNAVAILABLE;
    boolean gatewaysCount = report == null || unproven;
    try {
      settle(
          new Outcome(finish, tokens, gatewaysCount, ttft, hash, relay.clock().instant()),
          report,
          error);
    } catch (RuntimeException e) { // no FINAL: it is settled as lost when this gateway ends
      log.error("request {} cannot be settled", call.id(), e);
      relay.forget(this);
      ending.failed(null, nothingCharged(), ServiceException.meteringUnavailable());
    }
  }

  private void settle(
      Outcome outcome, @Nullable EngineReport report, @Nullable ServiceException error) {
    Charge charge = admission.charge(outcome);
    ending.receipt(admission.receipt(outcome));
    LoggedRequest row = relay.finished(this, call, outcome, charge, gaps);
    boolean free = charge.amount().value() == 0;
    if (free) {
      hold.settle(charge.amount()); // whoever settles it, this FINAL or a peer's LOST, charges 0
    }
    CompletableFuture<Void> kept = ending.keep(report, charge, error);
    CompletableFuture<?> written =
        kept == null
            ? relay.journal().settle(admission, outcome)
            : kept.handle((done, failure) -> failure == null)
                .thenCompose(done -> relay.journal().settle(admission, outcome));
    var settled =
        written.thenRun(
            () -> {
              hold.settle(charge.amount()); // before the client can send another
              relay.log(row);
            });
    Mono.fromFuture(settled, true)
        .timeout(relay.settings().finalWait())
        .publishOn(Schedulers.parallel())
        .subscribe(
            nothing -> {},
            late -> onFinalFailed(late, report, charge, error),
            () -> end(report, charge, error));
    if (free && error != null) {
      end(report, charge, error);
    }
  }

  private synchronized void onFinalFailed(
      Throwable failure,
      @Nullable EngineReport report,
      Charge charge,
      @Nullable ServiceException error) {
    boolean mayBeWritten =
        failure instanceof ServiceException unwritten && !unwritten.charged().equals("0");
    if (failure instanceof TimeoutException || mayBeWritten) {
      ending.pending(report, charge, error);
    } else {
      log.warn("request {} could not be settled here: a peer settles it as lost", call.id());
      ending.failed(null, nothingCharged(), ServiceException.meteringUnavailable());
    }
  }

  private synchronized void end(
      @Nullable EngineReport report, Charge charge, @Nullable ServiceException error) {
    if (error != null) {
      ending.failed(report, charge, error);
    } else if (report != null) {
      ending.answered(report, charge);
    }
  }

  /** Ends without a FINAL, unless it has ended: none can be written, a peer settles it as lost. */
  synchronized void abandon(String message) {
    if (finished) {
      return;
    }
    finished = true;
    call.body().free();
    limit.dispose();
    stopEngine();
    relay.forget(this);
    ending.failed(
        null, nothingCharged(), ServiceException.of(ErrorCode.METERING_UNAVAILABLE, message));
  }

  private Charge nothingCharged() {
    return admission.charge(Outcome.nothing(Finish.LOST, relay.clock().instant()));
  }
}
