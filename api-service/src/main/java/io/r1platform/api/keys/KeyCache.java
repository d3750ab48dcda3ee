package io.r1platform.api.keys;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
        k.revoked_at is not null as revoked, o.weight
      from api_key k join project p on p.id = k.project_id
        join organization o on o.id = p.organization_id
      """;

  private final JdbcClient jdbc;
  private final KeySettings settings;
  private final AsyncCache<String, KnownKey> known;
  private final Cache<Long, Boolean> revoked;
  private final Semaphore lookups;
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("key-lookup-", 0).factory());

  KeyCache(JdbcClient jdbc, KeySettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.known = Caffeine.newBuilder().maximumSize(settings.cacheSize()).buildAsync();
    this.revoked =
        Caffeine.newBuilder()
            .maximumSize(settings.cacheSize())
            .expireAfterWrite(REVOKED_FOR)
            .build();
    this.lookups = new Semaphore(settings.lookups());
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
    Timestamp expiresAt = row.getTimestamp("expires_at");
    return new KnownKey.Present(
        new Caller(
            row.getLong("id"),
            row.getLong("project_id"),
            row.getLong("organization_id"),
            row.getInt("weight")),
        HexFormat.of().formatHex(row.getBytes("secret_sha256")),
        expiresAt == null ? null : expiresAt.toInstant(),
        row.getBoolean("revoked"));
  }
}
