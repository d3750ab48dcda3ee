package io.r1platform.api.keys;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The keys in memory, also those that do not exist. A look-up enters the cache before it reads the
 * database; so a change either committed before that read, or is announced after the entry and
 * throws it out. Look-ups run on virtual threads, a few at a time.
 */
@Component
class KeyCache {
  /** Longer than any request takes from the check of its key to its start. */
  private static final Duration REVOKED_FOR = Duration.ofMinutes(10);

  private static final String KEY =
      """
      select k.id, k.project_id, p.organization_id, k.secret_sha256, k.expires_at,
        k.old_secret_sha256, least(k.old_until, k.expires_at) as old_until,
        k.scopes, k.models, k.networks, k.revoked_at is not null as revoked,
        p.models as project_models, p.content_days is not null as keeps_content, o.weight,
        o.suspended_at is not null as suspended
      from api_key k join project p on p.id = k.project_id
        join organization o on o.id = p.organization_id
      """;

  private final JdbcClient jdbc;
  private final KeySettings settings;
  private final AsyncCache<String, KnownKey> known;
  private final Cache<Long, Boolean> revoked;
  private final Cache<Long, Boolean> suspended;
  private final Semaphore lookups;
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("key-lookup-", 0).factory());

  KeyCache(JdbcClient jdbc, KeySettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.known = Caffeine.newBuilder().maximumSize(settings.cacheSize()).buildAsync();
    this.revoked = lately();
    this.suspended = lately();
    this.lookups = new Semaphore(settings.lookups());
  }

  private Cache<Long, Boolean> lately() {
    return Caffeine.newBuilder()
        .maximumSize(settings.cacheSize())
        .expireAfterWrite(REVOKED_FOR)
        .build();
  }

  /** Fails within the look-up timeout if the database does not answer. Never blocks. */
  CompletableFuture<KnownKey> find(String publicId) {
    return known.get(
        publicId,
        (id, executor) ->
            CompletableFuture.supplyAsync(() -> lookUp(id), threads)
                .orTimeout(settings.lookupTimeout().toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Remembers for a while that this key was revoked. Called before its running requests stop. */
  void revoke(long keyId) {
    revoked.put(keyId, Boolean.TRUE);
  }

  /** Whether this key was revoked in the last minutes. */
  boolean wasRevoked(long keyId) {
    return revoked.getIfPresent(keyId) != null;
  }

  /** Remembers for a while that this organization was suspended. */
  void suspend(long organizationId) {
    suspended.put(organizationId, Boolean.TRUE);
  }

  /** It goes on. */
  void resume(long organizationId) {
    suspended.invalidate(organizationId);
  }

  /** Whether this organization was suspended in the last minutes, and still is. */
  boolean wasSuspended(long organizationId) {
    return suspended.getIfPresent(organizationId) != null;
  }

  void forget(String publicId) {
    known.synchronous().invalidate(publicId);
  }

  void forgetAll() {
    known.synchronous().invalidateAll();
  }

  private KnownKey lookUp(String publicId) {
    try {
      if (!lookups.tryAcquire(settings.lookupTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(new TimeoutException("too many look-ups of keys"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    try {
      return read(publicId);
    } finally {
      lookups.release();
    }
  }

  private KnownKey read(String publicId) {
    return jdbc.sql(KEY + "where k.public_id = ?")
        .param(publicId)
        .query((row, number) -> present(row))
        .optional()
        .orElse(KnownKey.Absent.ABSENT);
  }

  /** The key as the database has it now. Blocks. */
  KnownKey read(long keyId) {
    return jdbc.sql(KEY + "where k.id = ?")
        .param(keyId)
        .query((row, number) -> present(row))
        .optional()
        .orElse(KnownKey.Absent.ABSENT);
  }

  private static KnownKey present(ResultSet row) throws SQLException {
    String[] scopes = Objects.requireNonNull(names(row, "scopes"));
    String[] networks = Objects.requireNonNull(names(row, "networks"));
    Rights rights = Rights.of(scopes, names(row, "models"), networks);
    return new KnownKey.Present(
        new Caller(
            row.getLong("id"),
            row.getLong("project_id"),
            row.getLong("organization_id"),
            row.getInt("weight"),
            within(rights.models(), names(row, "project_models")),
            row.getBoolean("keeps_content"),
            row.getBoolean("suspended")),
        rights,
        Objects.requireNonNull(known(row, "secret_sha256", "expires_at")),
        known(row, "old_secret_sha256", "old_until"),
        row.getBoolean("revoked"));
  }

  /** A key has no model that its project does not have. */
  private static @Nullable Set<String> within(
      @Nullable Set<String> ofKey, String @Nullable [] ofProject) {
    if (ofProject == null) {
      return ofKey;
    }
    Set<String> both = new HashSet<>(Set.of(ofProject));
    if (ofKey != null) {
      both.retainAll(ofKey);
    }
    return both;
  }

  private static KnownKey.@Nullable Known known(ResultSet row, String hash, String until)
      throws SQLException {
    byte[] sha256 = row.getBytes(hash);
    Timestamp at = row.getTimestamp(until);
    return sha256 == null
        ? null
        : new KnownKey.Known(HexFormat.of().formatHex(sha256), at == null ? null : at.toInstant());
  }

  private static String @Nullable [] names(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? null : (String[]) array.getArray();
  }
}
