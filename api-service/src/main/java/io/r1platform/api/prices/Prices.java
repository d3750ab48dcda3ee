package io.r1platform.api.prices;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.observability.Metric;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The price versions that billing published, asked for before this service serves and then every 5
 * s. The last answer is kept in the database, so that it starts while billing is away; then what
 * changed meanwhile is not known here, and billing holds what was admitted at another price. While
 * billing is there and only its prices cannot be had, nothing is admitted at prices of more than 4
 * minutes: a version is published 5 minutes ahead.
 */
@Component
public class Prices {
  private static final Logger log = LoggerFactory.getLogger(Prices.class);

  private static final int TICKS_PER_REFRESH = 5;
  private static final Duration KNOWN_AHEAD = Duration.ofMinutes(4);

  private final JdbcClient database;
  private final BillingClient billing;
  private final JsonMapper json;
  private final Clock clock;
  private volatile @Nullable KnownPrices answer;
  private volatile Instant heardAt;
  private @Nullable String etag;
  private volatile boolean reachable = true;
  private final AtomicInteger ticks = new AtomicInteger();

  Prices(
      JdbcClient database,
      BillingClient billing,
      JsonMapper json,
      Clock clock,
      MeterRegistry meters) {
    this.database = database;
    this.billing = billing;
    this.json = json.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    this.clock = clock;
    this.heardAt = clock.instant();
    recall();
    refresh();
    meters.gauge(Metric.PRICES_AGE.id(), this, Prices::ageSeconds);
  }

  private double ageSeconds() {
    return Duration.between(heardAt, clock.instant()).toSeconds();
  }

  /**
   * The price of a model for an organization's request that is admitted at that time: by its
   * contract, else by the public list. Empty if no version holds then, or what is known may be
   * over. Memory only.
   */
  public Optional<Price> at(long organizationId, int modelId, Instant time) {
    return known().flatMap(known -> known.at(organizationId, modelId, time));
  }

  /**
   * The same for a line of a batch: what the version names for batches, else half of the price of
   * other requests. Memory only.
   */
  public Optional<Price> ofBatch(long organizationId, int modelId, Instant time) {
    return known().flatMap(known -> known.at(organizationId, modelId, time, true));
  }

  /**
   * Until when that price surely holds, by what is published now: the next time at which a version
   * begins or ends or a window opens or closes, though the price may be the same after it. Empty:
   * nothing later is known. Memory only.
   */
  public Optional<Instant> validUntil(long organizationId, int modelId, Instant time) {
    KnownPrices known = answer;
    return known == null ? Optional.empty() : known.validUntil(organizationId, modelId, time);
  }

  /** The price of a model on the public list at a time; empty if none holds. Memory only. */
  public Optional<Price> at(int modelId, Instant time) {
    return known().flatMap(known -> known.at(null, modelId, time));
  }

  /**
   * The version whose content was frozen with a charge. Empty where it ended more than 36 days ago,
   * longer than the journal keeps requests.
   */
  public Optional<PriceVersion> version(String contentSha256) {
    return Optional.ofNullable(answer).flatMap(known -> known.version(contentSha256));
  }

  /** Whether a price that is missing was not published, and not merely not heard of. */
  public boolean areKnown() {
    return known().isPresent();
  }

  private Optional<KnownPrices> known() {
    boolean over = billing.tookAt().isAfter(heardAt.plus(KNOWN_AHEAD));
    return over ? Optional.empty() : Optional.ofNullable(answer);
  }

  /** Every second until there is an answer that may be used, then every fifth. */
  @Scheduled(fixedRateString = "1s")
  void tick() {
    if (!reachable || known().isEmpty() || ticks.incrementAndGet() % TICKS_PER_REFRESH == 0) {
      refresh();
    }
  }

  synchronized void refresh() {
    try {
      HttpResponse<byte[]> response =
          etag == null
              ? billing.get("/internal/v1/prices")
              : billing.get("/internal/v1/prices", "If-None-Match", etag);
      if (response.statusCode() == 200) {
        accept(response);
      } else if (response.statusCode() != 304) {
        unreachable("status " + response.statusCode());
        return;
      }
      reachable = true;
      heardAt = clock.instant();
    } catch (IOException e) {
      unreachable(e.toString());
    } catch (JacksonException e) {
      unreachable("an answer that could not be read: " + e.getOriginalMessage());
    } catch (DateTimeException | IllegalArgumentException e) {
      unreachable("a price that could not be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(HttpResponse<byte[]> response) {
    String body = new String(response.body(), StandardCharsets.UTF_8);
    String tag = response.headers().firstValue("ETag").orElse(null);
    answer = read(body);
    database
        .sql(
            """
            insert into price_answer (body, etag, fetched_at)
            values (cast(:body as jsonb), :etag, :now)
            on conflict (only_row) do update
              set body = excluded.body, etag = excluded.etag, fetched_at = excluded.fetched_at
            """)
        .param("body", body)
        .param("etag", tag)
        .param("now", java.sql.Timestamp.from(clock.instant()))
        .update();
    etag = tag; // last: what could not be kept is asked for again
  }

  private KnownPrices read(String body) {
    return new KnownPrices(json.readValue(body, PriceAnswer.class));
  }

  private void recall() {
    database
        .sql("select body::text, fetched_at from price_answer")
        .query(
            row -> {
              answer = read(row.getString("body"));
              heardAt = row.getTimestamp("fetched_at").toInstant();
            });
  }

  private void unreachable(String why) {
    if (reachable) {
      log.warn(
          "no prices from billing ({}); those known stay in use, for 4 minutes if it does all else",
          why);
    }
    reachable = false;
  }
}
