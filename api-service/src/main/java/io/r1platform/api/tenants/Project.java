package io.r1platform.api.tenants;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an organization's usage is split by. */
@Entity
class Project {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  @Column(updatable = false)
  private long organizationId;

  private String name;

  @Column(updatable = false)
  private Instant createdAt;

  @Version private long version;

  Project() {}

  Project(long organizationId, String name, Instant createdAt) {
    this.organizationId = organizationId;
    this.name = Names.checked(name);
    this.createdAt = createdAt;
  }

  ProjectView view() {
    if (id == null) {
      throw new IllegalStateException("not saved yet");
    }
    return new ProjectView(id, organizationId, name, version, createdAt);
  }
}
