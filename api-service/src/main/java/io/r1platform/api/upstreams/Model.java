package io.r1platform.api.upstreams;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model of this site: what tenants call it, and whether a server stands behind it. */
@Entity
@Table(name = "model")
class Model {
  @Id
  @Column(name = "model_id")
  private int id;

  private String name;

  @Column(name = "owned_by")
  private String ownedBy;

  private @Nullable String upstream;

  @Column(name = "created_at")
  private Instant createdAt;

  @ElementCollection(fetch = FetchType.EAGER)
  @CollectionTable(name = "model_alias", joinColumns = @JoinColumn(name = "model_id"))
  @Column(name = "alias")
  private Set<String> aliases;

  protected Model() {}

  boolean isServed() {
    return upstream != null;
  }

  ServedModel asServed() {
    return new ServedModel(id, name, new TreeSet<>(aliases), ownedBy, createdAt);
  }

  /** Its name and its aliases. */
  Stream<String> calledBy() {
    return Stream.concat(Stream.of(name), aliases.stream());
  }

  String name() {
    return name;
  }

  int id() {
    return id;
  }
}
