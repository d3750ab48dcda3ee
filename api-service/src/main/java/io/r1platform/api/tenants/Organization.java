package io.r1platform.api.tenants;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who pays. */
@Entity
class Organization {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  private String name;

  private short weight;

  @Column(updatable = false)
  private Instant createdAt;

  @Version private long version;

  Organization() {}

  Organization(String name, int weight, Instant createdAt) {
    this.name = Names.checked(name);
    this.weight = Weights.checked(weight);
    this.createdAt = createdAt;
  }

  boolean hasVersion(long other) {
    return version == other;
  }

  void weigh(int other) {
    weight = Weights.checked(other);
  }

  OrganizationView view() {
    if (id == null) {
      throw new IllegalStateException("not saved yet");
    }
    return new OrganizationView(id, name, weight, version, createdAt);
  }
}
