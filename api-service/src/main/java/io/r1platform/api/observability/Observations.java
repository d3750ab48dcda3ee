package io.r1platform.api.observability;

import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what observes a request out of its way: an exporter, a registry or a log that fails is
 * logged, and the request, its charge and its answer go on.
 */
public final class Observations {
  private static final Logger log = LoggerFactory.getLogger(Observations.class);

  private Observations() {}

  /** Does it, whatever becomes of it. */
  public static void of(UUID request, Runnable observation) {
    try {
      observation.run();
    } catch (RuntimeException | Error e) {
      log.warn("request {} could not be observed", request, e);
    }
  }
}
