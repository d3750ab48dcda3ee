package io.r1platform.api.security;

import io.r1platform.api.sessions.Sessions;
import java.time.Clock;
import java.util.concurrent.Executors;
import org.springframework.stereotype.Component;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.session.WebSessionStore;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Reads and writes sessions on virtual threads, never on an event loop. */
@Component
final class PostgresWebSessionStore implements WebSessionStore {
  private final Sessions sessions;
  private final Clock clock;
  private final Scheduler blocking =
      Schedulers.fromExecutor(
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("session-", 0).factory()));

  PostgresWebSessionStore(Sessions sessions, Clock clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  /** Where blocking work of this package runs. */
  Scheduler blocking() {
    return blocking;
  }

  @Override
  public Mono<WebSession> createWebSession() {
    return Mono.fromSupplier(() -> OperatorWebSession.fresh(sessions, blocking, clock));
  }

  @Override
  public Mono<WebSession> retrieveSession(String sessionId) {
    return Mono.fromCallable(() -> sessions.use(sessionId))
        .subscribeOn(blocking)
        .flatMap(Mono::justOrEmpty)
        .map(stored -> OperatorWebSession.of(sessionId, stored, sessions, blocking, clock));
  }

  @Override
  public Mono<Void> removeSession(String sessionId) {
    return Mono.<Void>fromRunnable(() -> sessions.remove(sessionId)).subscribeOn(blocking);
  }

  @Override
  public Mono<WebSession> updateLastAccessTime(WebSession session) {
    return Mono.just(session);
  }
}
