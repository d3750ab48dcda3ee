package io.r1platform.api.names;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.names.NameOutbox.Given;
import io.r1platform.api.observability.Metric;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends names to billing, at least once, {@value #AT_ONCE} in a body. Every replica does it; what
 * two of them send, billing takes once.
 */
@Component
final class NameTeller {
  private static final Logger log = LoggerFactory.getLogger(NameTeller.class);
  private static final int AT_ONCE = 500;

  private final NameOutbox outbox;
  private final BillingClient billing;
  private final JsonMapper json;
  private final AtomicLong waiting = new AtomicLong();
  private volatile boolean heard = true;

  NameTeller(NameOutbox outbox, BillingClient billing, JsonMapper json, MeterRegistry meters) {
    this.outbox = outbox;
    this.billing = billing;
    this.json = json;
    meters.gauge(Metric.NAMES_WAITING.id(), waiting);
  }

  /** Each second; the scheduler never runs it twice at a time, however long billing takes. */
  @Scheduled(fixedRateString = "1s")
  void tell() {
    try {
      tellAll();
      waiting.set(0);
      if (!heard) {
        log.info("billing takes names of projects and API keys again");
      }
      heard = true;
    } catch (IOException | JacksonException | DataAccessException e) {
      missed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tellAll() throws IOException, InterruptedException {
    List<Given> names;
    do {
      names = outbox.oldest(AT_ONCE);
      if (!names.isEmpty()) {
        post(names);
        outbox.remove(names);
      }
    } while (names.size() == AT_ONCE);
  }

  private void post(List<Given> names) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        billing.post(
            "/internal/v1/display-names",
            "application/json",
            json.writeValueAsBytes(Map.of("names", names)));
    if (answer.statusCode() != 200) {
      throw new IOException("billing answered " + answer.statusCode());
    }
    int refused = json.readTree(answer.body()).path("refused").asInt();
    if (refused > 0) {
      log.error("billing took {} names and refused {}", names.size() - refused, refused);
    }
  }

  private void missed(Exception why) {
    try {
      waiting.set(outbox.size());
    } catch (DataAccessException e) {
      log.debug("nor can they be counted", e);
    }
    if (heard) {
      log.warn(
          "{} names of projects and API keys wait for billing, which has older ones: {}",
          waiting.get(),
          why.toString());
    }
    heard = false;
  }
}
