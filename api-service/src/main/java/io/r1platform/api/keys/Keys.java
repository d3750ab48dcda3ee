package io.r1platform.api.keys;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.tenants.Tenants;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Issues, lists, changes, rotates and revokes API keys. */
@Service
@Transactional(readOnly = true)
public class Keys {
  private static final Duration LONGEST_LIFE = Duration.ofDays(3_650);
  private static final Duration LONGEST_GRACE = Duration.ofDays(30);
  private static final String LIFE =
      "A key lives for 1 second to 3,650 days; without a value it does not expire.";

  private final ApiKeys keys;
  private final KeyUses uses;
  private final Tenants tenants;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Keys(ApiKeys keys, KeyUses uses, Tenants tenants, Clock clock) {
    this.keys = keys;
    this.uses = uses;
    this.tenants = tenants;
    this.clock = clock;
  }

  /**
   * Makes a key that may do what one usually may: {@link Rights#USUAL}.
   *
   * @param life how long it is good for, from a second to ten years; null for ever
   */
  @Transactional
  public IssuedKey issue(long projectId, String name, @Nullable Duration life) {
    return issue(projectId, new KeyTerms(name, end(life), Rights.USUAL));
  }

  /** Makes a key. */
  @Transactional
  public IssuedKey issue(long projectId, KeyTerms terms) {
    if (tenants.project(projectId).isEmpty()) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "project_id", "This project does not exist.");
    }
    Instant now = now();
    checkEnd(terms.expiresAt(), now);
    var secret = Secret.random(random);
    var key = new ApiKey(projectId, secret, terms, now);
    return new IssuedKey(keys.saveAndFlush(key).view(null), secret.text());
  }

  /** The moment after {@code life} from now; null for never. Fails with 422 invalid_value. */
  public @Nullable Instant end(@Nullable Duration life) {
    if (life == null) {
      return null;
    }
    if (life.toSeconds() < 1 || life.compareTo(LONGEST_LIFE) > 0) {
      throw ServiceException.about(ErrorCode.INVALID_VALUE, "expires_in_seconds", LIFE);
    }
    return now().plus(life);
  }

  /**
   * Gives a key other terms, on every replica within a second. What runs already goes on.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional
  public KeyView change(long id, long version, KeyTerms terms) {
    ApiKey key = seen(id, version);
    if (key.isRevoked()) {
      throw ServiceException.of(ErrorCode.INVALID_STATE, "This key has been revoked.");
    }
    if (!Objects.equals(terms.expiresAt(), key.expiresAt())) {
      checkEnd(terms.expiresAt(), now());
    }
    key.change(terms);
    return saved(key);
  }

  /**
   * Gives a key another secret. The one until now stays good for a while; one that was replaced
   * before is no good from now on.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   * @param grace how long the old secret stays good, up to 30 days; 0 ends it at once
   */
  @Transactional
  public IssuedKey rotate(long id, long version, Duration grace) {
    ApiKey key = seen(id, version);
    if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "grace_seconds",
          "An old secret stays good for 0 seconds to 30 days; without a value for 24 hours.");
    }
    Instant now = now();
    if (key.isOver(now)) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE, "This key has been revoked or has expired. Make another one.");
    }
    var secret = Secret.random(random, key.publicId());
    key.rotate(secret, now.plus(grace));
    return new IssuedKey(saved(key), secret.text());
  }

  /**
   * Revokes a key for ever. A key that is revoked already stays as it is.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional
  public KeyView revoke(long id, long version) {
    ApiKey key = seen(id, version);
    key.revoke(now());
    return saved(key);
  }

  /** One key. */
  public KeyView key(long id) {
    ApiKey key = keys.findById(id).orElseThrow(() -> ServiceException.notFound("This key"));
    return key.view(uses.lastUsed(List.of(id)).get(id));
  }

  /**
   * Up to {@code limit} keys by when they were made.
   *
   * @param owners whose they are; null for all
   * @param after those that follow this one's id; null for the first page
   */
  public List<KeyView> page(
      @Nullable KeyOwners owners, @Nullable Long after, boolean newestFirst, int limit) {
    boolean all = owners == null;
    Set<Long> organizations = owners == null ? Set.of() : owners.organizations();
    Set<Long> projects = owners == null ? Set.of() : owners.projects();
    Limit most = Limit.of(limit);
    List<ApiKey> page =
        newestFirst
            ? keys.newest(
                all, organizations, projects, after == null ? Long.MAX_VALUE : after, most)
            : keys.oldest(all, organizations, projects, after == null ? 0 : after, most);
    Map<Long, Instant> lastUsed = uses.lastUsed(page.stream().map(ApiKey::id).toList());
    return page.stream().map(key -> key.view(lastUsed.get(key.id()))).toList();
  }

  /** Those of these keys that exist, by id; when they were last used is left out. */
  public Map<Long, KeyView> byId(Collection<Long> ids) {
    return ids.isEmpty()
        ? Map.of()
        : keys.findByIdIn(ids).stream().collect(Collectors.toMap(ApiKey::id, k -> k.view(null)));
  }

  private ApiKey seen(long id, long version) {
    ApiKey key = keys.findById(id).orElseThrow(() -> ServiceException.notFound("This key"));
    if (!key.hasVersion(version)) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The key has changed since you read it. Read it again.");
    }
    return key;
  }

  private KeyView saved(ApiKey key) {
    ApiKey saved = keys.saveAndFlush(key);
    return saved.view(uses.lastUsed(List.of(saved.id())).get(saved.id()));
  }

  private static void checkEnd(@Nullable Instant end, Instant now) {
    boolean fits = end == null || (end.isAfter(now) && !end.isAfter(now.plus(LONGEST_LIFE)));
    if (!fits) {
      throw ServiceException.about(ErrorCode.INVALID_VALUE, "expires_at", LIFE);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
