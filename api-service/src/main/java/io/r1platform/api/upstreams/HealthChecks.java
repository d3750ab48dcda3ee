package io.r1platform.api.upstreams;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/**
 * Asks every foreign server now and then whether it lives, each at its own time, a few at once. Our
 * own tell it with their models.
 */
@Component
final class HealthChecks {
  private static final Logger log = LoggerFactory.getLogger(HealthChecks.class);
  private static final int AT_ONCE = 8;

  private final ForeignUpstreams foreign;
  private final Probe probe;
  private final UpstreamSettings settings;
  private final Clock clock;
  private final Map<Standing, Instant> due = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("health-", 0).factory());

  HealthChecks(ForeignUpstreams foreign, Probe probe, UpstreamSettings settings, Clock clock) {
    this.foreign = foreign;
    this.probe = probe;
    this.settings = settings;
    this.clock = clock;
  }

  /** Begins the checks that are due. */
  @Scheduled(fixedDelayString = "1s")
  void look() {
    Instant now = clock.instant();
    due.keySet().removeIf(known -> foreign.all().stream().noneMatch(s -> s.standing() == known));
    for (Upstream server : foreign.all()) {
      Instant at = due.computeIfAbsent(server.standing(), unknown -> now);
      if (!at.isAfter(now) && places.tryAcquire()) {
        due.put(server.standing(), now.plus(pause()));
        threads.execute(() -> check(server));
      }
    }
  }

  private Duration pause() {
    double give = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
    return Duration.ofMillis((long) (settings.healthEvery().toMillis() * give));
  }

  private void check(Upstream server) {
    Standing standing = server.standing();
    boolean wasHealthy = standing.isHealthy();
    try {
      String bearer = server.bearer();
      String key = bearer == null ? null : bearer.substring("Bearer ".length());
      probe.answers(
          new Probe.Target(server.url(), key, server.trusted(), false), settings.healthWait());
      standing.answered(clock.instant());
      if (!wasHealthy) {
        log.info("upstream {} answers again", server.name());
      }
    } catch (IOException | JacksonException e) {
      standing.missed(clock.instant(), "health_missed");
      if (wasHealthy && !standing.isHealthy()) {
        log.warn("upstream {} does not answer: {}", server.name(), Probe.reason(e));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }
}
