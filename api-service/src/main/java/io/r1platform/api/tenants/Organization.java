package io.r1platform.api.tenants;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
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

  private @Nullable Instant suspendedAt;

  private @Nullable String suspendedBecause;

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

  void suspend(String because, Instant now) {
    if (suspendedAt != null) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE, "It is suspended already. Nothing was changed.");
    }
    suspendedBecause = because;
    suspendedAt = now;
  }

  void resume() {
    if (suspendedAt == null) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE, "It is not suspended. Nothing was changed.");
    }
    suspendedBecause = null;
    suspendedAt = null;
  }

  OrganizationView view() {
    if (id == null) {
      throw new IllegalStateException("not saved yet");
    }
    return new OrganizationView(
        id, name, weight, suspendedAt, suspendedBecause, version, createdAt);
  }
}
