package io.r1platform.api.upstreams;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The models of this site, with their servers and what those say about them. Read anew every 5 s,
 * so that questions are answered from memory.
 */
@Component
public class Catalogue {
  private static final Logger log = LoggerFactory.getLogger(Catalogue.class);
  private static final int TICKS_PER_REFRESH = 5;

  private final Models models;
  private final NewModels newModels;
  private final OwnUpstreams own;
  private final ForeignUpstreams foreign;
  private volatile List<ServedModel> served = List.of();
  private volatile Map<Integer, String> names = Map.of();
  private volatile Map<String, String> canonical = Map.of();
  private volatile Map<String, ModelCard> cards = Map.of();
  private volatile Map<String, List<Upstream>> serving = Map.of();
  private boolean readable = true;
  private final AtomicInteger ticks = new AtomicInteger();

  Catalogue(Models models, NewModels newModels, OwnUpstreams own, ForeignUpstreams foreign) {
    this.models = models;
    this.newModels = newModels;
    this.own = own;
    this.foreign = foreign;
    readCatalogue();
  }

  /** Every model that a server stands behind. */
  public List<ServedModel> served() {
    return served;
  }

  /** The served model of this name or alias. */
  public Optional<ServedModel> find(String nameOrAlias) {
    return served.stream().filter(model -> model.isCalled(nameOrAlias)).findFirst();
  }

  /** The name of any model in the catalogue, served or not. */
  public Optional<String> nameOf(int modelId) {
    return Optional.ofNullable(names.get(modelId));
  }

  /** The name of the model that has this name or alias, served or not. */
  public Optional<String> canonical(String nameOrAlias) {
    return Optional.ofNullable(canonical.get(nameOrAlias));
  }

  /** The id of the model that has this name or alias, served or not. */
  public Optional<Integer> idOf(String nameOrAlias) {
    return canonical(nameOrAlias)
        .flatMap(
            name ->
                names.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(name))
                    .map(Map.Entry::getKey)
                    .findFirst());
  }

  /** What holds at every server of a model; empty until one has answered. */
  public Optional<ModelCard> card(ServedModel model) {
    return Optional.ofNullable(cards.get(model.name()));
  }

  /** All servers that are in use. */
  public List<Upstream> upstreams() {
    return Stream.concat(own.all().stream(), foreign.all().stream()).toList();
  }

  /** Those that have a model, by our name of it. */
  List<Upstream> serving(String model) {
    return serving.getOrDefault(model, List.of());
  }

  /** Every second until the server has answered once, then every fifth. */
  @Scheduled(fixedRateString = "1s")
  void tick() {
    if (own.areUnknown() || ticks.incrementAndGet() % TICKS_PER_REFRESH == 0) {
      refresh();
    }
  }

  synchronized void refresh() {
    own.refresh();
    reread();
  }

  /** Reads again what is in the database. */
  synchronized void reread() {
    try {
      newModels.enter(own.told(), names, canonical.keySet());
      readCatalogue();
      readable = true;
    } catch (DataAccessException e) {
      if (readable) {
        log.warn("models could not be read, those known stay: {}", e.toString());
      }
      readable = false;
    }
  }

  private void readCatalogue() {
    List<Model> all = models.findAll();
    names = all.stream().collect(Collectors.toUnmodifiableMap(Model::id, Model::name));
    canonical =
        all.stream()
            .flatMap(model -> model.calledBy().map(called -> Map.entry(called, model.name())))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    foreign.read(names);
    Map<String, List<Upstream>> behind = new HashMap<>();
    for (Model model : all) {
      List<Upstream> servers =
          upstreams().stream()
              .filter(server -> server.models().containsKey(model.name()))
              .filter(server -> !own.hasAnother(server, model.name(), model.id()))
              .toList();
      if (!servers.isEmpty()) {
        behind.put(model.name(), servers);
      }
    }
    Map<String, ModelCard> known = new HashMap<>();
    behind.forEach((model, servers) -> known.put(model, commonCard(model, servers)));
    served = all.stream().filter(this::stands).map(Model::asServed).toList();
    serving = Map.copyOf(behind);
    cards = Map.copyOf(known);
  }

  /**
   * A model of ours is expected until each of our servers has said what it has. Prices go by the
   * number here and receipts by the server's, so what has another number there is not this model.
   */
  private boolean stands(Model model) {
    boolean expected = model.isServed() && !own.haveAllTold();
    return expected || own.have(model.name(), model.id()) || foreign.serve(model.name());
  }

  private static ModelCard commonCard(String model, List<Upstream> servers) {
    return servers.stream()
        .flatMap(server -> Stream.ofNullable(server.models().get(model)))
        .map(Upstream.Served::card)
        .reduce(ModelCard::and)
        .orElseThrow();
  }
}
