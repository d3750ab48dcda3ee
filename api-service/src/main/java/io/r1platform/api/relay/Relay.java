package io.r1platform.api.relay;

import io.r1platform.api.contents.Contents;
import io.r1platform.api.errors.ErrorBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.holds.Holds;
import io.r1platform.api.holds.WorstCase;
import io.r1platform.api.idempotency.Idempotency;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.KeyChecks;
import io.r1platform.api.keys.KeyRevoked;
import io.r1platform.api.limits.Pass;
import io.r1platform.api.limits.RateLimits;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.Journal;
import io.r1platform.api.metering.JournalFenced;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.observability.Observations;
import io.r1platform.api.requests.LoggedRequest;
import io.r1platform.api.requests.RequestLog;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.Routes;
import io.r1platform.api.upstreams.Upstream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

/** Admits requests and holds those that run. */
@Component
class Relay implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final String REPLACED =
      "This server was replaced while it answered. Nothing was charged. Send it again.";
  private static final int LOOKS_PER_SILENCE = 10;

  /** What a token of a prompt has at least, as a guess until the engine has counted. */
  private static final int BYTES_A_TOKEN = 4;

  private static final long DRAIN_LOOK_NANOS = 20_000_000;

  private final Catalogue catalogue;
  private final Offers offers;
  private final Journal journal;
  private final RateLimits limits;
  private final Holds holds;
  private final KeyChecks keys;
  private final EngineClient engine;
  private final Routes routes;
  private final Judgement upstreams;
  private final RelaySettings settings;
  private final RelayMetrics metrics;
  private final RequestLog requestLog;
  private final Idempotency idempotency;
  private final Contents contents;
  private final JsonMapper json;
  private final Answer answers;
  private final Clock clock;
  private final Map<UUID, Run> running = new ConcurrentHashMap<>();
  private volatile boolean accepting;
  private Disposable looks = Disposables.disposed();

  Relay(
      Catalogue catalogue,
      Offers offers,
      Journal journal,
      RateLimits limits,
      Holds holds,
      KeyChecks keys,
      EngineClient engine,
      Routes routes,
      Judgement upstreams,
      RelaySettings settings,
      RelayMetrics metrics,
      RequestLog requestLog,
      Idempotency idempotency,
      Contents contents,
      JsonMapper json,
      ErrorBody errors,
      Clock clock) {
    this.catalogue = catalogue;
    this.offers = offers;
    this.journal = journal;
    this.limits = limits;
    this.holds = holds;
    this.keys = keys;
    this.engine = engine;
    this.routes = routes;
    this.upstreams = upstreams;
    this.settings = settings;
    this.metrics = metrics;
    this.requestLog = requestLog;
    this.idempotency = idempotency;
    this.contents = contents;
    this.json = json;
    this.answers = new Answer(json, errors);
    this.clock = clock;
  }

  /** What may run, once money is held for it. */
  record Admitted(WorstCase worst, Run.Wanted wanted, List<String> ignored) {}

  /**
   * Admits a request or throws why not. The bytes of the answer come when they are subscribed to,
   * which may happen once.
   */
  Flux<DataBuffer> run(
      Caller caller, ChatRequest request, RequestBody body, ServerWebExchange exchange) {
    Instant now = clock.instant();
    UUID id = RequestId.renew(exchange, now);
    Admitted admitted = admit(caller, request, body, id, now);
    ServerHttpResponse response = exchange.getResponse();
    return Flux.create(
        sink -> begin(admitted, new ConnectedClient(response, sink, request.stream())));
  }

  /**
   * Admits a request or throws why not.
   *
   * @param id the run's, of this moment
   */
  Admitted admit(Caller caller, ChatRequest request, RequestBody body, UUID id, Instant now) {
    return admit(caller, request, body, id, now, false);
  }

  /** The same, at the price and in the class of a batch, or not. */
  Admitted admit(
      Caller caller, ChatRequest request, RequestBody body, UUID id, Instant now, boolean batch) {
    Offers.Offer offer = offers.of(caller, request, body.length(), now, batch);
    WorstCase worst = offer.worst();
    if (!accepting) {
      throw draining();
    }
    if (!journal.isServing()) {
      throw ServiceException.meteringUnavailable();
    }
    var admission =
        Admission.of(
                id,
                caller,
                offer.model().id(),
                offer.price(),
                worst.outputCap(),
                request.stream(),
                now)
            .labelled(request.labels());
    var call =
        new EngineClient.Call(
            id,
            request.kind(),
            Asker.of(caller, request.userId()),
            batch,
            journal.replica(),
            offer.model().name(),
            worst.promptBound(),
            worst.maxTokens(),
            request.choices(),
            conversation(caller, request),
            request.timeout(),
            body);
    var wanted = new Run.Wanted(admission, call, request.includeUsage());
    return new Admitted(worst, wanted, request.ignored());
  }

  /**
   * Takes it from the limits, holds the money and starts the run; its client hears all that
   * follows.
   */
  void begin(Admitted admitted, ClientSide client) {
    Run.Wanted wanted = admitted.wanted;
    var _ =
        pass(wanted)
            .whenComplete(
                (pass, refusal) -> {
                  if (pass == null) {
                    wanted.call().body().free();
                    client.refuse(Objects.requireNonNull(refusal));
                  } else {
                    try {
                      hold(admitted, pass, client);
                    } catch (RuntimeException | Error e) { // nobody else would hear of it
                      log.error("request {} could not be started", wanted.call().id(), e);
                      unstarted(wanted, pass, client, e);
                    }
                  }
                });
  }

  /** Gives back what a request took that could not be started. */
  private void unstarted(Run.Wanted wanted, Pass pass, ClientSide client, Throwable why) {
    running.remove(wanted.call().id());
    pass.settle(0, 0);
    pass.end();
    wanted.call().body().free();
    client.refuse(why);
  }

  /** Lines of batches have limits of their own. */
  private CompletableFuture<Pass> pass(Run.Wanted wanted) {
    Admission admission = wanted.admission();
    int prompt = Math.ceilDiv(wanted.call().promptBound(), BYTES_A_TOKEN);
    return wanted.call().batch()
        ? CompletableFuture.completedFuture(Pass.FREE)
        : limits.take(admission.caller(), admission.modelId(), prompt);
  }

  private void hold(Admitted admitted, Pass pass, ClientSide client) {
    if (!admitted.ignored.isEmpty()) {
      client.header("x-r1-ignored", String.join(", ", admitted.ignored));
    }
    Run.Wanted wanted = admitted.wanted;
    boolean kept = wanted.admission().caller().keepsContent();
    ClientSide heard = kept ? new RecordedClient(client, contents, wanted) : client;
    var _ =
        holds
            .take(wanted.admission().caller(), admitted.worst)
            .whenComplete(
                (hold, refusal) -> {
                  if (hold == null) {
                    unstarted(wanted, pass, client, Objects.requireNonNull(refusal));
                  } else if (client.isGone()) {
                    pass.settle(0, 0);
                    pass.end();
                    hold.release();
                  } else {
                    try {
                      start(new Run(this, wanted, hold, pass, heard));
                    } catch (RuntimeException | Error e) { // before the run took it over
                      log.error("request {} could not be started", wanted.call().id(), e);
                      hold.release();
                      unstarted(wanted, pass, client, e);
                    }
                  }
                });
  }

  private void start(Run run) {
    running.put(run.admission().eventId(), run);
    ServiceException refusal = keys.refusal(run.admission().caller());
    if (refusal != null) { // before it could be found by the event
      run.stop(new Run.Stop(Finish.CANCELLED, refusal));
    }
    try {
      run.start();
    } catch (RuntimeException | Error e) { // an ADMIT may be written: lost, and free
      log.error("request {} could not be started", run.admission().eventId(), e);
      run.abandon("The server failed. Nothing was charged. Send it again.");
    }
  }

  /** The refusal of a caller whose key was revoked after it was let in; null if it holds. */
  @Nullable ServiceException revokedSince(Caller caller) {
    return keys.revokedSince(caller);
  }

  @EventListener
  void on(JournalFenced event) {
    running.values().forEach(run -> run.abandon(REPLACED));
  }

  @Override
  public void start() {
    accepting = true;
    Duration silence = settings.engineSilence();
    Duration every = silence.dividedBy(LOOKS_PER_SILENCE);
    looks =
        Flux.interval(every)
            .onBackpressureDrop()
            .elapsed()
            .subscribe(
                tick -> {
                  boolean stoodStill = tick.getT1() > 2 * every.toMillis();
                  running
                      .values()
                      .forEach(
                          stoodStill ? Run::startListening : run -> run.lookAtSilence(silence));
                });
  }

  /**
   * Refuses what is new and lets what runs come to its end; what takes too long is stopped, and
   * charged for what was generated. The web server and the journal stop after this.
   */
  @Override
  public void stop() {
    accepting = false;
    awaitSettled(settings.drainWait());
    if (!running.isEmpty()) {
      log.warn("{} requests are stopped, since this server ends", running.size());
      var stop = new Run.Stop(Finish.CANCELLED, EngineErrors.serverEnds());
      running.values().forEach(run -> run.stop(stop));
      awaitSettled(settings.countWait().plus(settings.finalWait()));
    }
    looks.dispose();
  }

  private void awaitSettled(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    while (isUnsettled() && System.nanoTime() < end) {
      LockSupport.parkNanos(DRAIN_LOOK_NANOS);
    }
  }

  private boolean isUnsettled() {
    return !running.isEmpty()
        || journal.openRequests() > 0
        || idempotency.storing() > 0
        || contents.waiting() > 0;
  }

  @Override
  public boolean isRunning() {
    return accepting;
  }

  /** The first to stop, so that who asks meanwhile is answered; the last to start. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }

  /** Stops what a revoked key has running; what was generated is charged. */
  @EventListener
  void on(KeyRevoked event) {
    for (Run run : running.values()) {
      if (run.admission().caller().keyId() == event.keyId()) {
        run.stop(new Run.Stop(Finish.CANCELLED, EngineErrors.cancelled()));
      }
    }
  }

  /** Stops a request of a project that runs here; false if none does. */
  boolean cancel(UUID id, long projectId) {
    Run run = running.get(id);
    if (run == null || run.admission().caller().projectId() != projectId) {
      return false;
    }
    run.stop(new Run.Stop(Finish.CANCELLED, EngineErrors.cancelled()));
    return true;
  }

  /**
   * Takes note of the end of a request, of which the charge is still to be written: so nothing that
   * fails here is in its way. Returns its row for {@link #log}; null if there is none.
   *
   * @param last the attempt that answered, null if no server could be asked
   */
  @Nullable LoggedRequest finished(
      Run run, @Nullable Attempt last, Outcome outcome, Charge charge) {
    try {
      try {
        run.pass().settle(outcome.generated().input(), outcome.generated().output());
      } finally {
        forget(run);
      }
      return row(run, last, outcome, charge);
    } catch (RuntimeException | Error e) {
      log.error("request {}: its end was not noted, its charge is written", run.call().id(), e);
      return null;
    }
  }

  private LoggedRequest row(Run run, @Nullable Attempt last, Outcome outcome, Charge charge) {
    Admission admission = run.admission();
    String model = catalogue.nameOf(admission.modelId()).orElse("unknown");
    Upstream server = last == null ? null : last.route().upstream();
    metrics.finished(run.call(), admission, model, server, outcome, charge);
    return RequestRow.of(
        admission,
        model,
        server == null ? "none" : server.name(),
        journal.replica(),
        outcome,
        charge,
        run.gaps());
  }

  /** The servers that a request may be given to, one after the other. */
  Fallback fallback(EngineClient.Call call, Admission admission) {
    return new Fallback(routes, call, admission, clock);
  }

  /** Says once of an attempt how its server did. */
  void judge(Attempt attempt, EngineClient.Call call, Attempt.Verdict verdict) {
    if (attempt.toBeJudged()) {
      Observations.of(call.id(), () -> upstreams.judge(attempt, call.id(), verdict));
    }
  }

  private static long conversation(Caller caller, ChatRequest request) {
    return request.conversation() == 0
        ? Routes.ANY
        : caller.organizationId() << Integer.SIZE | Integer.toUnsignedLong(request.conversation());
  }

  /** Logs a request whose FINAL is durable, so that the log never tells of another charge. */
  void log(UUID id, @Nullable LoggedRequest row) {
    if (row != null) {
      Observations.of(id, () -> requestLog.add(row));
    }
  }

  void forget(Run run) {
    running.remove(run.admission().eventId());
    run.pass().end();
  }

  ReplyReader reader(
      Attempt at, EngineClient.Head head, EngineClient.Call call, Admission admission) {
    int limit = (int) settings.replyLimit().toBytes();
    String retryAfter = head.headers().getFirst("retry-after");
    if (at.isForeign()) {
      return head.isStream()
          ? new ForeignReader(call, admission, json, limit)
          : new ForeignRefusal(head.status(), retryAfter);
    }
    return head.isStream()
        ? new EventReader(json, limit)
        : new BodyReader(json, limit, head.status(), retryAfter);
  }

  Offers offers() {
    return offers;
  }

  Journal journal() {
    return journal;
  }

  EngineClient engine() {
    return engine;
  }

  RelaySettings settings() {
    return settings;
  }

  Answer answers() {
    return answers;
  }

  Clock clock() {
    return clock;
  }

  /** This server takes nothing new. */
  static ServiceException draining() {
    return ServiceException.later(
        ErrorCode.SERVER_DRAINING,
        Duration.ofSeconds(1),
        "This server is about to stop. Nothing was charged. Send it again.");
  }
}
