package io.r1platform.api.upstreams;

import io.r1platform.api.credentials.TokenFile;
import io.r1platform.service.InternalTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Our own inference-services, as the settings name them, and what they say about their models. Who
 * does not answer keeps what it said.
 */
@Component
final class OwnUpstreams implements AutoCloseable {
  /** Of all of them; others may stand before and behind. */
  static final int PRIORITY = 10;

  private static final Logger log = LoggerFactory.getLogger(OwnUpstreams.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final JsonMapper json;
  private final Supplier<HttpClient> http;
  private final Clock clock;
  private volatile List<Upstream> all;
  private volatile Map<Long, List<Told>> told = Map.of(); // by server, of those that have answered

  private record Cards(List<ModelCard> data) {}

  /**
   * A model that a server of ours has.
   *
   * @param id its name
   * @param model_id its number in receipts; null from a server that does not say
   * @param state null if it is ready
   */
  record Told(String id, @Nullable Integer model_id, @Nullable String state) {
    boolean isLeaving() {
      return "unloading".equals(state);
    }

    boolean is(String name, int number) {
      return id.equals(name) && (model_id == null || model_id == number);
    }
  }

  private record Names(List<Told> data, @Nullable List<Told> not_ready) {
    List<Told> staying() {
      Stream<Told> others = not_ready == null ? Stream.of() : not_ready.stream();
      return Stream.concat(data.stream(), others).filter(model -> !model.isLeaving()).toList();
    }
  }

  OwnUpstreams(
      UpstreamSettings settings,
      InternalTls tls,
      JsonMapper json,
      StandingMeters meters,
      Clock clock) {
    this.json = json.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    this.http =
        tls.client(
            () ->
                HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT));
    this.clock = clock;
    var token = new TokenFile(settings.tokenFile(), clock);
    var servers = new ArrayList<Upstream>();
    for (URI url : settings.inferenceUrl()) {
      servers.add(
          new Upstream(
              -servers.size(),
              url.getAuthority(),
              url,
              true,
              null, // it knows the tenant's salt by itself
              token::bearer,
              null,
              Duration.ofHours(1),
              Map.of(),
              meters.follow(url.getAuthority(), new Standing(url.getAuthority(), settings))));
    }
    this.all = List.copyOf(servers);
  }

  List<Upstream> all() {
    return all;
  }

  /** Whether none has ever answered. */
  boolean areUnknown() {
    return all.stream().allMatch(server -> server.models().isEmpty());
  }

  /** What they have, ready or on its way. */
  List<Told> told() {
    return told.values().stream().flatMap(List::stream).toList();
  }

  /** Whether one of them has that model: the name alone may by now be another model's. */
  boolean have(String model, int number) {
    return told().stream().anyMatch(each -> each.is(model, number));
  }

  /** Whether a server of ours has under that name what has another number in its receipts. */
  boolean hasAnother(Upstream server, String model, int number) {
    return told.getOrDefault(server.id(), List.of()).stream()
        .anyMatch(each -> each.id().equals(model) && !each.is(model, number));
  }

  /** Whether each of them has said once what it has. */
  boolean haveAllTold() {
    Map<Long, List<Told>> now = told;
    return all.stream().noneMatch(server -> now.getOrDefault(server.id(), List.of()).isEmpty());
  }

  /** Asks all of them at once. */
  void refresh() {
    List<CompletableFuture<HttpResponse<byte[]>>> answers = all.stream().map(this::ask).toList();
    var fresh = new ArrayList<Upstream>();
    for (int i = 0; i < answers.size(); i++) {
      fresh.add(read(all.get(i), answers.get(i)));
    }
    all = List.copyOf(fresh);
  }

  private CompletableFuture<HttpResponse<byte[]>> ask(Upstream server) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/v1/models"))
            .timeout(TIMEOUT)
            .header("Authorization", String.valueOf(server.bearer()))
            .build();
    return http.get().sendAsync(request, BodyHandlers.ofByteArray());
  }

  private Upstream read(Upstream server, CompletableFuture<HttpResponse<byte[]>> answer) {
    boolean wasHealthy = server.standing().isHealthy();
    try {
      HttpResponse<byte[]> response = answer.join();
      if (response.statusCode() != 200) {
        throw new IOException("/v1/models answered " + response.statusCode());
      }
      List<ModelCard> cards = json.readValue(response.body(), Cards.class).data;
      hear(server, json.readValue(response.body(), Names.class).staying());
      server.standing().answered(clock.instant());
      return with(server, cards);
    } catch (CompletionException | IOException | JacksonException e) {
      if (wasHealthy) {
        log.warn("{}: models could not be read, those known stay: {}", server.name(), e.toString());
      }
      server.standing().missed(clock.instant(), "health_missed");
      return server;
    }
  }

  /** A server that has just started says nothing yet: what it had before still counts. */
  private void hear(Upstream server, List<Told> models) {
    if (!models.isEmpty()) {
      var heard = new HashMap<Long, List<Told>>(told);
      heard.put(server.id(), models);
      told = Map.copyOf(heard);
    }
  }

  private static Upstream with(Upstream server, List<ModelCard> cards) {
    Map<String, Upstream.Served> models =
        cards.stream()
            .collect(
                Collectors.toMap(
                    ModelCard::id, card -> new Upstream.Served(card.id(), PRIORITY, card)));
    return new Upstream(
        server.id(),
        server.name(),
        server.url(),
        true,
        null,
        server.authorization(),
        null,
        server.firstToken(),
        models,
        server.standing());
  }

  @Override
  public void close() {
    http.get().shutdownNow();
  }
}
