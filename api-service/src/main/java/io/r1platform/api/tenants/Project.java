package io.r1platform.api.tenants;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
  private String @Nullable [] models;
  private @Nullable Integer contentDays;
  private @Nullable Instant contentSince;

  @Column(updatable = false)
  private Instant createdAt;

  @Version private long version;

  Project() {}

  Project(long organizationId, String name, Instant createdAt) {
    this.organizationId = organizationId;
    this.name = Names.checked(name);
    this.createdAt = createdAt;
  }

  /** Says which models its keys may use; null for all. */
  void limitTo(@Nullable Set<String> allowed) {
    models = allowed == null ? null : new TreeSet<>(allowed).toArray(String[]::new);
  }

  /** Has prompts and answers of requests from {@code now} on stored; null for not at all. */
  void keepContent(@Nullable Integer days, Instant now) {
    if (days == null) {
      contentSince = null;
    } else if (contentSince == null) {
      contentSince = now;
    }
    contentDays = days;
  }

  boolean hasVersion(long expected) {
    return version == expected;
  }

  ProjectView view() {
    if (id == null) {
      throw new IllegalStateException("not saved yet");
    }
    return new ProjectView(
        id,
        organizationId,
        name,
        models == null ? null : Set.copyOf(List.of(models)),
        contentDays,
        version,
        createdAt);
  }
}
