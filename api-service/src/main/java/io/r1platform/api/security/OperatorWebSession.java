package io.r1platform.api.security;

import io.r1platform.api.people.Principal;
import io.r1platform.api.sessions.Sessions;
import io.r1platform.api.sessions.StoredSession;
import io.r1platform.api.sessions.Way;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A browser's session over the table of sessions. Attributes are strings. It gets a row when it is
 * saved with an attribute for the first time; whoever only looks leaves none. It ends in the
 * database by time, so {@link #isExpired} is only true once it was invalidated here.
 */
final class OperatorWebSession implements WebSession {
  private enum State {
    NEW,
    STORED,
    ENDED
  }

  private final Sessions sessions;
  private final Scheduler blocking;
  private final Clock clock;
  private final Map<String, Object> attributes = new ConcurrentHashMap<>();
  private Map<String, Object> saved = Map.of();
  private volatile String id;
  private volatile State state;
  private volatile Instant createdAt;
  private volatile Instant lastAccessAt;
  private volatile @Nullable Principal person;

  private OperatorWebSession(
      String id, State state, Instant now, Sessions sessions, Scheduler blocking, Clock clock) {
    this.id = id;
    this.state = state;
    this.createdAt = now;
    this.lastAccessAt = now;
    this.sessions = sessions;
    this.blocking = blocking;
    this.clock = clock;
  }

  static OperatorWebSession fresh(Sessions sessions, Scheduler blocking, Clock clock) {
    return new OperatorWebSession(
        sessions.newId(), State.NEW, clock.instant(), sessions, blocking, clock);
  }

  static OperatorWebSession of(
      String id, StoredSession stored, Sessions sessions, Scheduler blocking, Clock clock) {
    var session =
        new OperatorWebSession(id, State.STORED, stored.createdAt(), sessions, blocking, clock);
    session.lastAccessAt = stored.lastAccessAt();
    session.person = stored.person();
    session.attributes.putAll(stored.attributes());
    session.saved = Map.copyOf(session.attributes);
    return session;
  }

  /** Who has logged in, if anybody. */
  @Nullable Principal person() {
    return person;
  }

  /** Notes that the row has a new id and belongs to a person; the way is its only attribute. */
  void loggedIn(String newId, Principal who, Way way) {
    id = newId;
    person = who;
    createdAt = clock.instant();
    attributes.clear();
    attributes.put(Way.ATTRIBUTE, way.wire());
    saved = Map.copyOf(attributes);
  }

  @Override
  public String getId() {
    return id;
  }

  @Override
  public Map<String, Object> getAttributes() {
    return attributes;
  }

  @Override
  public void start() {
    attributes.putIfAbsent("started", "true");
  }

  @Override
  public boolean isStarted() {
    return state == State.STORED || (state == State.NEW && !attributes.isEmpty());
  }

  /** Only {@link #loggedIn} changes an id, together with the row. */
  @Override
  public Mono<Void> changeSessionId() {
    return Mono.error(new IllegalStateException("a session gets a new id by a login only"));
  }

  @Override
  public Mono<Void> invalidate() {
    boolean hasRow = state == State.STORED;
    state = State.ENDED;
    person = null;
    attributes.clear();
    return hasRow
        ? Mono.<Void>fromRunnable(() -> sessions.remove(id)).subscribeOn(blocking)
        : Mono.empty();
  }

  @Override
  public Mono<Void> save() {
    if (state == State.ENDED || attributes.equals(saved)) {
      return Mono.empty();
    }
    Map<String, String> strings = new HashMap<>();
    attributes.forEach((name, value) -> strings.put(name, (String) value));
    boolean isNew = state == State.NEW;
    state = State.STORED;
    saved = Map.copyOf(attributes);
    return Mono.<Void>fromRunnable(
            () -> {
              if (isNew) {
                sessions.add(id, strings);
              } else {
                sessions.update(id, strings);
              }
            })
        .subscribeOn(blocking);
  }

  @Override
  public boolean isExpired() {
    return state == State.ENDED;
  }

  @Override
  public Instant getCreationTime() {
    return createdAt;
  }

  @Override
  public Instant getLastAccessTime() {
    return lastAccessAt;
  }

  @Override
  public void setMaxIdleTime(Duration maxIdleTime) {
    throw new UnsupportedOperationException("r1.api.sessions.idle-limit holds for all sessions");
  }

  @Override
  public Duration getMaxIdleTime() {
    return Duration.ofSeconds(-1);
  }
}
