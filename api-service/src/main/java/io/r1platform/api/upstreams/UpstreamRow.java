package io.r1platform.api.upstreams;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.net.URI;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A server of others, as an operator registered it. */
@Entity
@Table(name = "upstream")
class UpstreamRow {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  @Column(name = "upstream_id")
  private @Nullable Long id;

  private String name;
  private String url;

  @Column(name = "api_key")
  private byte @Nullable [] sealedKey;

  private @Nullable String trusted;
  private boolean enabled;

  @Column(name = "cache_salt")
  private boolean cacheSalt;

  @Column(name = "start_within_seconds")
  private int startWithinSeconds;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "probed_at")
  private Instant probedAt;

  @Version private long version;

  @ElementCollection(fetch = FetchType.EAGER)
  @CollectionTable(name = "upstream_model", joinColumns = @JoinColumn(name = "upstream_id"))
  private Set<ModelRow> models = new HashSet<>();

  /** A model at that server. */
  @Embeddable
  record ModelRow(
      @Column(name = "model_id") int modelId,
      @Column(name = "name") String name,
      @Column(name = "priority") int priority,
      @Column(name = "context_length") int contextLength,
      @Column(name = "max_output_tokens") int maxOutputTokens,
      @Column(name = "reasoning") boolean reasoning) {}

  protected UpstreamRow() {}

  UpstreamRow(UpstreamTerms terms, byte @Nullable [] sealedKey, Instant now) {
    this.createdAt = now;
    take(terms, sealedKey, now);
  }

  /** Takes other terms, which were probed just now. */
  void change(UpstreamTerms terms, byte @Nullable [] key, Instant now) {
    take(terms, key, now);
  }

  private void take(UpstreamTerms terms, byte @Nullable [] key, Instant now) {
    this.name = terms.name();
    this.url = terms.url().toString();
    this.sealedKey = key;
    this.trusted = terms.trusted();
    this.enabled = terms.enabled();
    this.cacheSalt = terms.cacheSalt();
    this.startWithinSeconds = terms.startWithinSeconds();
    this.probedAt = now;
    this.models.clear();
    for (UpstreamTerms.ModelTerms model : terms.models()) {
      models.add(
          new ModelRow(
              model.modelId(),
              model.name(),
              model.priority(),
              Objects.requireNonNull(model.contextLength()),
              Objects.requireNonNull(model.maxOutputTokens()),
              model.reasoning()));
    }
  }

  /** A probe found it fit. */
  void probed(Instant now) {
    this.probedAt = now;
  }

  long id() {
    return Objects.requireNonNull(id);
  }

  long version() {
    return version;
  }

  String name() {
    return name;
  }

  URI url() {
    return URI.create(url);
  }

  byte @Nullable [] sealedKey() {
    return sealedKey;
  }

  @Nullable String trusted() {
    return trusted;
  }

  boolean enabled() {
    return enabled;
  }

  boolean cacheSalt() {
    return cacheSalt;
  }

  int startWithinSeconds() {
    return startWithinSeconds;
  }

  List<ModelRow> models() {
    return models.stream().sorted(Comparator.comparingInt(ModelRow::modelId)).toList();
  }

  UpstreamView view() {
    return new UpstreamView(
        id(),
        name,
        url(),
        sealedKey != null,
        trusted,
        enabled,
        cacheSalt,
        startWithinSeconds,
        models().stream()
            .map(
                model ->
                    new UpstreamTerms.ModelTerms(
                        model.modelId,
                        model.name,
                        model.priority,
                        model.contextLength,
                        model.maxOutputTokens,
                        model.reasoning))
            .toList(),
        createdAt,
        probedAt,
        version);
  }
}
