package io.r1platform.api.relay;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.Origin;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.upstreams.Doubt;
import io.r1platform.api.upstreams.Route;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** One attempt of a request: the server that has it, its reply, and how far that is. */
final class Attempt {
  private static final long KEEP_ALIVE_NANOS = 5_000_000_000L;
  private static final byte[] NOTHING = {};

  /** Who leaves after this part of the time for a first token has waited long enough. */
  private static final int PATIENCE = 4;

  private final int number;
  private final Route route;
  private final EngineSide side;
  private EngineClient.@Nullable Head head;
  private @Nullable ReplyReader reader;
  private long calledNanos = System.nanoTime();
  private @Nullable String trouble;
  private boolean judged;
  private boolean begun;
  private Disposable timer = Disposables.disposed();
  private long asked = 1; // its head
  private long heardNanos = calledNanos;
  private long toldNanos = calledNanos;

  /** What the server is to be thought of after it. */
  enum Verdict {
    /** It did what it should, or refused what it may. */
    OK,
    /** It failed. */
    FAILED,
    /** Somebody else ended it. */
    RELEASED
  }

  Attempt(int number, Route route, EngineSide side) {
    this.number = number;
    this.route = route;
    this.side = side;
  }

  int number() {
    return number;
  }

  Route route() {
    return route;
  }

  boolean isForeign() {
    return !route.upstream().own();
  }

  EngineSide side() {
    return side;
  }

  /** Has this timer, until it is cancelled. */
  void until(Disposable end) {
    timer = end;
  }

  /** Nothing more of it is wanted. */
  void cancel() {
    timer.dispose();
    side.cancel();
  }

  void replied(EngineClient.Head received, ReplyReader as) {
    head = received;
    reader = as;
    asked = 0;
  }

  /** Lets so many more pieces of the reply come. */
  void ask(long buffers) {
    if (asked == 0) {
      heardNanos = System.nanoTime();
    }
    asked = asked + buffers < 0 ? Long.MAX_VALUE : asked + buffers;
    side.request(buffers);
  }

  /** Pieces that were asked for and have not come, so that another attempt owes them. */
  long unanswered() {
    return reader == null || !reader.isStream() ? 0 : asked;
  }

  /** A piece has come. */
  void heard() {
    heardNanos = System.nanoTime();
    asked = asked == Long.MAX_VALUE ? asked : asked - 1;
  }

  long heardNanos() {
    return heardNanos;
  }

  /** The client was sent something. */
  void told() {
    toldNanos = System.nanoTime();
  }

  /**
   * Whether it hangs: it was asked for more and has been silent for so long, or it is foreign and
   * its first token does not come.
   */
  boolean isSilent(Duration longest) {
    long now = System.nanoTime();
    if (isForeign() && !hasBegun()) {
      return now - calledNanos > route.upstream().firstToken().toNanos();
    }
    return asked > 0 && now - heardNanos > longest.toNanos();
  }

  /** This process stood still and heard nothing: the silence begins now. */
  void startListening() {
    heardNanos = System.nanoTime();
    calledNanos = heardNanos;
  }

  /** What the client should be sent for want of anything else; empty if nothing. */
  byte[] keepAlive() {
    ReplyReader reading = reader;
    boolean due = System.nanoTime() - toldNanos > KEEP_ALIVE_NANOS;
    return due && reading != null ? reading.keepAlive() : NOTHING;
  }

  EngineClient.@Nullable Head head() {
    return head;
  }

  @Nullable ReplyReader reader() {
    return reader;
  }

  boolean hasBegun() {
    return reader != null && reader.hasBegun();
  }

  /** True once: when some of its answer has come, which shows that its server lives. */
  boolean begins() {
    boolean first = !begun && hasBegun();
    if (first) {
      begun = true;
      route.standing().answers(System.nanoTime());
    }
    return first;
  }

  /** What the gateway saw itself, for want of the engine's count. */
  Tokens seen() {
    PromptTokens told = reader == null ? null : reader.promptTokens();
    if (told == null) {
      told = PromptTokens.of(isForeign() ? null : head);
    }
    return told.with(reader == null ? ReplyReader.Seen.NOTHING : reader.seen());
  }

  /** The server closed its reply: how that ended. */
  ReplyReader.End closed() {
    return reader == null
        ? new ReplyReader.Errored(Finish.ENGINE_ERROR, EngineErrors.failed(), null)
        : reader.closed();
  }

  /** Null where the engine's own account is to be awaited. */
  @Nullable EngineReport soFar() {
    return reader == null ? null : reader.soFar();
  }

  Origin origin(@Nullable Doubt doubt) {
    if (!isForeign()) {
      return Origin.OWN;
    }
    return doubt == null ? Origin.FOREIGN : Origin.FOREIGN_FLAGGED;
  }

  @Nullable Doubt doubt() {
    return reader == null ? null : reader.doubt();
  }

  /** It is about to fail for this reason, which the reply itself does not tell. */
  void troubled(String why) {
    trouble = why;
  }

  /** The same of a connection that failed. */
  void troubled(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (EngineErrors.isUnreachable(cause)) {
      trouble = "unreachable";
    } else {
      trouble = cause instanceof SSLException ? "tls" : "connection_lost";
    }
  }

  /** Why it failed, in one word for operators. */
  String trouble() {
    if (trouble != null) {
      return trouble;
    }
    if (head == null) {
      return "no_answer";
    }
    return head.status() == 200 ? "broken_answer" : "http_" + head.status();
  }

  /** Whether no connection was made, so that nothing has run. */
  boolean neverReached() {
    boolean tls = isForeign() && "tls".equals(trouble);
    return head == null && (tls || "unreachable".equals(trouble));
  }

  /** What its end says about the server, where nobody else ended it. */
  static Verdict verdict(@Nullable ServiceException error, @Nullable Doubt doubt) {
    if (doubt != null && doubt.isWrong()) {
      return Verdict.FAILED;
    }
    return switch (error == null ? null : error.code()) {
      case ENGINE_FAILED, ENGINE_UNAVAILABLE -> Verdict.FAILED;
      case ENGINE_OVERLOADED, METERING_UNAVAILABLE, SERVER_DRAINING -> Verdict.RELEASED;
      case null, default -> Verdict.OK;
    };
  }

  /**
   * What it says about the server that somebody else ended it. Nothing, mostly; but whoever waited
   * for a quarter of the time that a first token may take, while the server began no other answer
   * either, left a server that hangs. Ours does where it has not said its count in time.
   *
   * @param countWait how long an own engine has for that
   */
  Verdict left(Duration countWait) {
    long now = System.nanoTime();
    Duration patience = route.upstream().firstToken().dividedBy(PATIENCE);
    boolean hangs =
        isForeign()
            ? !hasBegun()
                && now - calledNanos > patience.toNanos()
                && !route.standing().hasAnsweredSince(calledNanos)
            : asked > 0 && now - heardNanos >= countWait.toNanos();
    if (hangs) {
      trouble = isForeign() ? "left_waiting" : "no_count";
    }
    return hangs ? Verdict.FAILED : Verdict.RELEASED;
  }

  /** True once: whoever gets it says how the server did. */
  boolean toBeJudged() {
    boolean first = !judged;
    judged = true;
    return first;
  }
}
