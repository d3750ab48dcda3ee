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

  private byte[] secretSha256;
  private String lastFour;
  private byte @Nullable [] oldSecretSha256;
  private @Nullable String oldLastFour;
  private @Nullable Instant oldUntil;
  private String[] scopes;
  private String @Nullable [] models;
  private String[] networks;

  @Column(updatable = false)
  private Instant createdAt;

  private @Nullable Instant expiresAt;
  private @Nullable Instant revokedAt;
  @Version private long version;

  ApiKey() {}

  ApiKey(long projectId, Secret secret, KeyTerms terms, Instant createdAt) {
    this.projectId = projectId;
    take(terms);
    this.publicId = secret.publicId();
    this.secretSha256 = secret.sha256();
    this.lastFour = secret.lastFour();
    this.createdAt = createdAt;
  }

  /** Gives it other terms than it was issued on. */
  void change(KeyTerms terms) {
    take(terms);
  }

  private void take(KeyTerms terms) {
    this.name = terms.name();
    this.expiresAt = terms.expiresAt();
    this.scopes = terms.rights().scopeNames();
    this.models = terms.rights().modelNames();
    this.networks = terms.rights().networkNames();
  }

  /** Replaces its secret; the one until now is good for a while, an older one no more. */
  void rotate(Secret successor, Instant oldGoodUntil) {
    this.oldSecretSha256 = secretSha256;
    this.oldLastFour = lastFour;
    this.oldUntil = oldGoodUntil;
    this.secretSha256 = successor.sha256();
    this.lastFour = successor.lastFour();
  }

  /** Whether it is over at this moment, for whatever reason. */
  boolean isOver(Instant now) {
    return revokedAt != null || (expiresAt != null && !now.isBefore(expiresAt));
  }

  boolean isRevoked() {
    return revokedAt != null;
  }

  String publicId() {
    return publicId;
  }

  @Nullable Instant expiresAt() {
    return expiresAt;
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
        Rights.of(scopes, models, networks),
        oldSecretSha256 == null || oldLastFour == null || oldUntil == null
            ? null
            : new KeyView.OldSecret(oldLastFour, oldUntil),
        createdAt,
        expiresAt,
        revokedAt,
        lastUsedAt,
        version);
  }
}
