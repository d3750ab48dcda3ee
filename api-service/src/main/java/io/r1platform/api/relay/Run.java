package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.holds.Hold;
import io.r1platform.api.limits.Pass;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.upstreams.Route;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
  private final Settling settling;
  private final Fallback fallback;
  private final TokenGaps gaps = new TokenGaps();
  private @Nullable Attempt attempt;
  private long demand;
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
    var ending = new Ending(client, relay, admission, wanted);
    this.settling = new Settling(this, relay, admission, hold, ending);
    this.fallback = relay.fallback(call, admission);
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
      callEngine(fallback.next(), 1);
    }
    Mono.fromFuture(durable, true)
        .timeout(relay.settings().admitWait())
        .publishOn(Schedulers.parallel())
        .subscribe(nothing -> {}, this::onAdmitFailed, this::onAdmitted);
    if (!finished) {
      // The engine's own limit has not ended it: it hangs, or its client does not read the end.
      var late = new Stop(Finish.DEADLINE, EngineErrors.deadlineExceeded());
      limit = Mono.delay(relay.settings().deadline()).subscribe(tick -> stop(late));
    }
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
    if (attempt != null && attempt.isForeign()) {
      finishHere(attempt, why.finish(), why.error());
    } else if (attempt != null) {
      cancel();
      flow();
      Mono.delay(relay.settings().countWait())
          .subscribe(tick -> onCountOverdue(why.finish(), why.error()));
    }
  }

  /** The engine's count has not come. */
  private synchronized void onCountOverdue(Finish how, ServiceException error) {
    if (!finished && attempt != null) {
      attempt.side().cancel();
      finish(how, attempt.seen(), null, error);
    }
  }

  /** A foreign server gives no count once it is left: what it said until now counts. */
  private void finishHere(Attempt at, Finish how, ServiceException error) {
    EngineReport soFar = at.soFar();
    finish(how, soFar == null ? at.seen() : soFar.tokens(), soFar, error);
  }

  /** Stops it if its server hangs, or asks another; else keeps a silent client's connection. */
  synchronized void lookAtSilence(Duration longest) {
    Attempt at = attempt;
    if (at == null || finished || stop != null) {
      return;
    }
    if (at.isSilent(longest)) {
      log.warn("request {}: {} is silent", call.id(), at.route().upstream().name());
      at.troubled("silent");
      if (!repeated(at, Attempt.Verdict.FAILED)) {
        stop(new Stop(Finish.ENGINE_ERROR, EngineErrors.failed()));
      }
    } else if (admitted && !clientGone && at.keepAlive().length > 0) {
      client.send(at.keepAlive());
      at.told();
    }
  }

  /** This process stood still and heard nothing: the engine's silence begins now. */
  synchronized void startListening() {
    if (attempt != null) {
      attempt.startListening();
    }
  }

  private void cancel() {
    if (attempt != null && !attempt.isForeign()) {
      relay.engine().cancel(attempt.route(), call.id(), this::isOver);
    }
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

  EngineClient.Call call() {
    return call;
  }

  TokenGaps gaps() {
    return gaps;
  }

  /** From admission to the first token, 0 if there was none. */
  int ttftMillis(@Nullable EngineReport report) {
    return ttftMillis > 0 || report == null ? ttftMillis : report.ttftMillis();
  }

  private void callEngine(@Nullable Route route, int number) {
    if (route == null) {
      finish(Finish.REFUSED, Tokens.NONE, null, EngineErrors.unreachable());
      return;
    }
    var side = new EngineSide(number, this::onBytes, this::onClosed, this::onBroken);
    attempt = new Attempt(number, route, side);
    Duration left = fallback.left();
    if (attempt.isForeign() && left != null) {
      attempt.until(Mono.delay(left).subscribe(tick -> onTimeUp()));
    }
    relay.engine().chat(call, route, number, left, head -> onHead(number, head)).subscribe(side);
  }

  /**
   * Asks another server while nothing of an answer has come, or ends it where the client's time is
   * over. Nobody pays for what failed. False if it can do neither.
   */
  private boolean repeated(Attempt failed, Attempt.Verdict verdict) {
    boolean may = !clientGone && stop == null && !finished;
    if (!may || failed.hasBegun() || !call.body().content().hasRemaining()) {
      return false;
    }
    if (fallback.isLate()) {
      relay.judge(failed, call, verdict);
      finish(Finish.DEADLINE, failed.seen(), null, EngineErrors.deadlineExceeded());
      return true;
    }
    Route other = fallback.after(failed);
    if (other == null) {
      return false;
    }
    relay.judge(failed, call, verdict);
    failed.cancel();
    callEngine(other, failed.number() + 1);
    onDemand(failed.unanswered());
    return true;
  }

  /** Of x-r1-timeout: what a foreign server cannot be told. */
  private synchronized void onTimeUp() {
    Attempt at = attempt;
    if (finished || stop != null || at == null || !at.isForeign()) {
      return;
    }
    ReplyReader reading = at.reader();
    if (reading == null || !reading.hasBegun()) {
      stop(new Stop(Finish.DEADLINE, EngineErrors.deadlineExceeded()));
    } else {
      take(at, reading, reading.cut());
    }
  }

  /** Null if it is over: what comes of it late is nothing. */
  private @Nullable Attempt current(int number) {
    return attempt == null || attempt.number() != number ? null : attempt;
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
      pass.settle(0, 0);
      abandon("The request could not be metered. Nothing was charged. Send it again.");
    }
  }

  private synchronized void onHead(int number, EngineClient.Head received) {
    Attempt at = current(number);
    if (at == null) {
      return;
    }
    at.replied(received, relay.reader(at, received, call, admission));
    if (!fallback.hasOther()) { // else another one's count of the prompt may be larger
      call.body().free(); // the engine has it, and nobody else is asked
      settling.shrinkHold(at);
    }
    String cap = received.headers().getFirst("x-r1-max-tokens");
    if (!at.isForeign() && cap != null) { // what others say with such a header is nothing
      client.header("x-r1-max-tokens", cap);
    }
    flow();
  }

  /** The client takes so many more pieces. */
  synchronized void onDemand(long n) {
    demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
    flow();
  }

  /** Lets the engine's bytes come, as many as the client wants, once there may be an answer. */
  private void flow() {
    Attempt at = attempt;
    ReplyReader reading = at == null ? null : at.reader();
    if (at == null || reading == null || !(admitted || clientGone || finished)) {
      return;
    }
    if (clientGone || stop != null || finished || !reading.isStream()) {
      at.ask(Long.MAX_VALUE);
    } else if (demand > 0) {
      long wanted = demand;
      demand = 0;
      at.ask(wanted);
    }
  }

  private synchronized void onBytes(byte[] bytes, int number) {
    Attempt at = current(number);
    ReplyReader reading = at == null ? null : at.reader();
    if (at != null && reading != null) {
      at.heard();
      if (!finished) {
        take(at, reading, reading.read(bytes));
      }
    }
  }

  private void take(Attempt at, ReplyReader reading, ReplyReader.Step step) {
    int output = reading.seen().output();
    gaps.seen(output, at.heardNanos());
    pass.seen(reading.hasStarted(), output);
    if (ttftMillis == 0 && output > 0) {
      Duration passed = Duration.between(admission.admittedAt(), relay.clock().instant());
      ttftMillis = Math.clamp(passed.toMillis(), 1, Integer.MAX_VALUE);
    }
    if (at.begins()) {
      call.body().free();
      settling.shrinkHold(at);
    }
    if (!overran && !at.isForeign() && output > admission.outputCap()) {
      overran = true;
      log.warn("request {}: the engine passed its cap: cut, the rest is waived", call.id());
      cancel();
    }
    byte[] pass = step.pass();
    if (pass != null) {
      at.told();
      client.send(pass);
    }
    if (step.end() != null) {
      onEnd(step.end());
    } else if (pass == null) {
      at.ask(1);
    }
  }

  private synchronized void onClosed(int number) {
    Attempt at = current(number);
    if (at != null && !finished) {
      onEnd(at.closed());
    }
    if (at != null && finished) {
      limit.dispose();
    }
  }

  private synchronized void onBroken(Throwable failure, int number) {
    Attempt at = current(number);
    if (at == null) {
      return;
    }
    if (finished) {
      limit.dispose();
      return;
    }
    at.troubled(failure);
    boolean sent = !(failure instanceof ServiceException); // else this gateway refuses it itself
    if (sent && repeated(at, Attempt.Verdict.FAILED)) {
      return;
    }
    log.warn("request {}: the engine's reply broke: {}", call.id(), failure.toString());
    if (failure instanceof ServiceException refusal) {
      finish(Finish.REFUSED, Tokens.NONE, null, refusal);
    } else if (at.neverReached() && stop == null) {
      onEnd(new ReplyReader.Errored(Finish.REFUSED, EngineErrors.unreachable(), null));
    } else {
      EngineReport soFar = at.soFar();
      onEnd(new ReplyReader.Errored(Finish.ENGINE_ERROR, EngineErrors.failed(), soFar));
    }
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
        Attempt at = Objects.requireNonNull(attempt);
        boolean nothing = report == null || report.tokens().output() == 0;
        boolean elsewhere = nothing && EngineErrors.isElsewhereBetter(error);
        if (elsewhere && repeated(at, Attempt.verdict(error, null))) {
          return;
        }
        Finish how = clientGone ? Finish.CLIENT_DISCONNECT : finish;
        Tokens tokens = report == null ? at.seen() : report.tokens();
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
    Attempt at = attempt;
    if (finished || at == null) { // over, or start() will see it
      return;
    }
    if (at.isForeign()) {
      finishHere(at, Finish.CLIENT_DISCONNECT, EngineErrors.failed());
      return;
    }
    cancel();
    flow();
    Mono.delay(relay.settings().countWait())
        .subscribe(tick -> onCountOverdue(Finish.CLIENT_DISCONNECT, EngineErrors.failed()));
  }

  private void stopEngine() {
    if (attempt != null) {
      attempt.cancel();
      cancel();
    }
  }

  /** The one place where a request ends: once, whoever comes first. */
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
    Attempt last = attempt;
    if (last != null) {
      boolean ours = clientGone || (stop != null && stop.finish() != Finish.ENGINE_ERROR);
      Duration wait = relay.settings().countWait();
      relay.judge(last, call, ours ? last.left(wait) : Attempt.verdict(error, last.doubt()));
      if (last.isForeign()) {
        last.cancel();
      } else {
        limit = Mono.delay(wait).subscribe(tick -> last.side().cancel());
      }
      flow();
    }
    try {
      settling.settle(finish, tokens, report, error, last);
    } catch (RuntimeException | Error e) { // no FINAL: it is settled as lost when this gateway ends
      log.error("request {} cannot be settled", call.id(), e);
      relay.forget(this);
      settling.lost(ServiceException.meteringUnavailable());
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
    if (attempt != null) {
      relay.judge(attempt, call, Attempt.Verdict.RELEASED);
    }
    relay.forget(this);
    settling.lost(ServiceException.of(ErrorCode.METERING_UNAVAILABLE, message));
  }
}
