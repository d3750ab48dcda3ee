package io.r1platform.api.upstreams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Servers of others that are in use, from the database, with how they do. */
@Component
final class ForeignUpstreams {
  private static final Logger log = LoggerFactory.getLogger(ForeignUpstreams.class);
  private static final int DEFAULT_OUTPUT = 32_768;

  private final UpstreamRows rows;
  private final UpstreamKeys keys;
  private final UpstreamSettings settings;
  private final StandingMeters meters;
  private final Map<Long, Known> known = new HashMap<>();
  private volatile List<Upstream> all = List.of();

  private record Known(long version, Upstream upstream) {}

  ForeignUpstreams(
      UpstreamRows rows, UpstreamKeys keys, UpstreamSettings settings, StandingMeters meters) {
    this.rows = rows;
    this.keys = keys;
    this.settings = settings;
    this.meters = meters;
  }

  List<Upstream> all() {
    return all;
  }

  boolean serve(String model) {
    return all.stream().anyMatch(server -> server.models().containsKey(model));
  }

  /**
   * Reads them again.
   *
   * @param names of our models by their ids
   */
  synchronized void read(Map<Integer, String> names) {
    List<UpstreamRow> now = rows.findAll();
    Map<Long, Known> before = new HashMap<>(known);
    known.clear();
    for (UpstreamRow row : now) {
      if (row.enabled()) {
        Known old = before.remove(row.id());
        boolean same = old != null && old.version == row.version();
        known.put(
            row.id(), same ? old : new Known(row.version(), of(row, names, standing(row, old))));
      }
    }
    before.values().forEach(gone -> meters.remove(gone.upstream.name()));
    var fresh = new ArrayList<Upstream>();
    known.values().forEach(each -> fresh.add(each.upstream));
    all = List.copyOf(fresh);
  }

  /** A server at another address begins anew: what the one before did says nothing. */
  private Standing standing(UpstreamRow row, @Nullable Known old) {
    if (old != null
        && old.upstream.name().equals(row.name())
        && old.upstream.url().equals(row.url())) {
      return old.upstream.standing();
    }
    if (old != null) {
      meters.remove(old.upstream.name());
    }
    return meters.follow(row.name(), new Standing(row.name(), settings));
  }

  private Upstream of(UpstreamRow row, Map<Integer, String> names, Standing standing) {
    String key = keys.open(row.sealedKey(), row.url()).orElse(null);
    if (key == null && row.sealedKey() != null) {
      log.error("the key of upstream {} cannot be decrypted: set it again", row.name());
    }
    String authorization = key == null ? null : "Bearer " + key;
    Map<String, Upstream.Served> models = new HashMap<>();
    for (UpstreamRow.ModelRow model : row.models()) {
      String name = names.get(model.modelId());
      if (name != null) {
        models.put(name, new Upstream.Served(model.name(), model.priority(), card(name, model)));
      }
    }
    return new Upstream(
        row.id(),
        row.name(),
        row.url(),
        false,
        row.cacheSalt() ? keys.salts(row.id()) : null,
        () -> authorization,
        row.trusted(),
        Duration.ofSeconds(row.startWithinSeconds()),
        models,
        standing);
  }

  private static ModelCard card(String name, UpstreamRow.ModelRow model) {
    return new ModelCard(
        name,
        model.contextLength(),
        model.maxOutputTokens(),
        Math.min(DEFAULT_OUTPUT, model.maxOutputTokens()),
        null,
        model.reasoning() ? List.of("reasoning") : List.of());
  }
}
