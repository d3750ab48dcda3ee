package io.r1platform.api.upstreams;

import io.r1platform.service.InternalTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The models of this site, with what their server says about them. Read anew every 5 s, so that
 * questions are answered from memory.
 */
@Component
public class Catalogue implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Catalogue.class);
  private static final int TICKS_PER_REFRESH = 5;
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final Models models;
  private final Upstream upstream;
  private final JsonMapper json;
  private final Supplier<HttpClient> http;
  private volatile List<ServedModel> served;
  private volatile Map<Integer, String> names = Map.of();
  private volatile Map<String, String> canonical = Map.of();
  private volatile Map<String, ModelCard> cards = Map.of();
  private boolean reachable = true;
  private final AtomicInteger ticks = new AtomicInteger();

  private record Cards(List<ModelCard> data) {}

  Catalogue(Models models, Upstream upstream, InternalTls tls, JsonMapper json) {
    this.models = models;
    this.upstream = upstream;
    this.http =
        tls.client(
            () ->
                HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT));
    this.json = json.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    this.served = List.of();
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

  /** What the server last said about a model; empty until it has answered once. */
  public Optional<ModelCard> card(ServedModel model) {
    return Optional.ofNullable(cards.get(model.name()));
  }

  /** Every second until the server has answered once, then every fifth. */
  @Scheduled(fixedRateString = "1s")
  void tick() {
    if (cards.isEmpty() || ticks.incrementAndGet() % TICKS_PER_REFRESH == 0) {
      refresh();
    }
  }

  synchronized void refresh() {
    try {
      readCatalogue();
      readCards();
      reachable = true;
    } catch (IOException | DataAccessException | JacksonException e) {
      if (reachable) {
        log.warn("models could not be read, those known stay: {}", e.toString());
      }
      reachable = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readCatalogue() {
    List<Model> all = models.findAll();
    names = all.stream().collect(Collectors.toUnmodifiableMap(Model::id, Model::name));
    canonical =
        all.stream()
            .flatMap(model -> model.calledBy().map(called -> Map.entry(called, model.name())))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    served = all.stream().filter(Model::isServed).map(Model::asServed).toList();
  }

  private void readCards() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(upstream.url() + "/v1/models"))
            .timeout(TIMEOUT)
            .header("Authorization", upstream.bearer())
            .build();
    HttpResponse<byte[]> response =
        http.get().send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("/v1/models answered " + response.statusCode());
    }
    cards =
        json.readValue(response.body(), Cards.class).data.stream()
            .collect(Collectors.toUnmodifiableMap(ModelCard::id, Function.identity()));
  }

  @Override
  public void close() {
    http.get().shutdownNow();
  }
}
