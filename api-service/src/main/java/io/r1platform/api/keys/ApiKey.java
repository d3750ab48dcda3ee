package io.r1platform.api.keys;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An API key without its secret. */
@Entity
class ApiKey {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  @Column(updatable = false)
  private long projectId;

  private String name;

  @Column(updatable = false)
  private String publicId;

  @Column(updatable = false)
  private byte[] secretSha256;

  @Column(updatable = false)
  private String lastFour;

  @Column(updatable = false)
  private Instant createdAt;

  private @Nullable Instant expiresAt;
  private @Nullable Instant revokedAt;
  @Version private long version;

  ApiKey() {}

  ApiKey(
      long projectId, String name, Secret secret, Instant createdAt, @Nullable Instant expiresAt) {
    this.projectId = projectId;
    this.name = name;
    this.publicId = secret.publicId();
    this.secretSha256 = secret.sha256();
    this.lastFour = secret.lastFour();
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }

  /** Ends the key's life; a second time changes nothing. */
  void revoke(Instant now) {
    if (revokedAt == null) {
      revokedAt = now;
    }
  }

  boolean hasVersion(long expected) {
    return version == expected;
  }

  long id() {
    if (id == null) {
      throw new IllegalStateException("not saved yet");
    }
    return id;
  }

  KeyView view(@Nullable Instant lastUsedAt) {
    return new KeyView(
        id(),
        projectId,
        name,
        publicId,
        lastFour,
        createdAt,
        expiresAt,
        revokedAt,
        lastUsedAt,
        version);
  }
}
