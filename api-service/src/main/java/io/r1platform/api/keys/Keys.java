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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Issues, lists and revokes API keys. */
@Service
@Transactional(readOnly = true)
public class Keys {
  private static final Duration LONGEST_LIFE = Duration.ofDays(3_650);

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
   * Makes a key.
   *
   * @param life how long it is good for, from a second to ten years; null for ever
   */
  @Transactional
  public IssuedKey issue(long projectId, String name, @Nullable Duration life) {
    if (tenants.project(projectId).isEmpty()) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "project_id", "This project does not exist.");
    }
    if (life != null && (life.toSeconds() < 1 || life.compareTo(LONGEST_LIFE) > 0)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "expires_in_seconds",
          "A key lives for 1 second to 3,650 days; without a value it does not expire.");
    }
    Instant now = now();
    var secret = Secret.random(random);
    var key =
        new ApiKey(projectId, checked(name), secret, now, life == null ? null : now.plus(life));
    return new IssuedKey(keys.saveAndFlush(key).view(null), secret.text());
  }

  /**
   * Revokes a key for ever. A key that is revoked already stays as it is.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional
  public KeyView revoke(long id, long version) {
    ApiKey key = keys.findById(id).orElseThrow(() -> ServiceException.notFound("This key"));
    if (!key.hasVersion(version)) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The key has changed since you read it. Read it again.");
    }
    key.revoke(now());
    return keys.saveAndFlush(key).view(uses.lastUsed(List.of(id)).get(id));
  }

  /** One key. */
  public KeyView key(long id) {
    ApiKey key = keys.findById(id).orElseThrow(() -> ServiceException.notFound("This key"));
    return key.view(uses.lastUsed(List.of(id)).get(id));
  }

  /**
   * Up to {@code limit} keys, newest first.
   *
   * @param projectId of this project only, or null for all
   * @param before only keys with a smaller id; {@code Long.MAX_VALUE} for the first page
   */
  public List<KeyView> page(@Nullable Long projectId, long before, int limit) {
    List<ApiKey> page = keys.page(projectId, before, Limit.of(limit));
    Map<Long, Instant> lastUsed = uses.lastUsed(page.stream().map(ApiKey::id).toList());
    return page.stream().map(key -> key.view(lastUsed.get(key.id()))).toList();
  }

  /** Those of these keys that exist, by id; when they were last used is left out. */
  public Map<Long, KeyView> byId(Collection<Long> ids) {
    return ids.isEmpty()
        ? Map.of()
        : keys.findByIdIn(ids).stream().collect(Collectors.toMap(ApiKey::id, k -> k.view(null)));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static String checked(String name) {
    String stripped = name.strip();
    if (stripped.isEmpty()
        || stripped.length() > 100
        || stripped.chars().anyMatch(Character::isISOControl)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "name",
          "A name has 1 to 100 characters and no control characters.");
    }
    return stripped;
  }
}
