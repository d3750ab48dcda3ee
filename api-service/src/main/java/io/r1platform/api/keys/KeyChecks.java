package io.r1platform.api.keys;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Says who calls. Never blocks: an answer comes at once for a key in memory, else within the
 * look-up timeout. Refuses with {@code auth_unavailable} where it cannot know whether a key was
 * revoked.
 */
@Component
public class KeyChecks {
  private static final Logger log = LoggerFactory.getLogger(KeyChecks.class);

  private final KeyCache cache;
  private final KeyChanges changes;
  private final KeyUses uses;
  private final Clock clock;

  KeyChecks(KeyCache cache, KeyChanges changes, KeyUses uses, Clock clock) {
    this.cache = cache;
    this.changes = changes;
    this.uses = uses;
    this.clock = clock;
  }

  /**
   * Checks the text that came as a bearer token; the future never fails.
   *
   * @param address where the request came from; null if that is not known
   */
  public CompletableFuture<KeyCheck> check(String token, @Nullable InetAddress address) {
    Secret secret = Secret.parse(token);
    if (secret == null) {
      return CompletableFuture.completedFuture(refused(notOurs()));
    }
    if (!changes.isConfirmed()) {
      return CompletableFuture.completedFuture(refused(unavailable()));
    }
    return cache
        .find(secret.publicId())
        .handle(
            (known, failure) -> {
              if (failure != null) {
                log.warn("API key {} could not be looked up", secret.publicId(), failure);
                return refused(unavailable());
              }
              return judge(secret, known, address);
            });
  }

  /**
   * Why a key that {@link #check} accepted some seconds ago may run nothing any more; null if it
   * may. Looks into memory only. Whoever asks after its request can be found by listeners of {@link
   * KeyRevoked} misses no revocation.
   */
  public @Nullable ServiceException revokedSince(Caller caller) {
    return cache.wasRevoked(caller.keyId()) ? revoked() : null;
  }

  /**
   * Why a caller may begin nothing now, for whoever is about to: its key was revoked after it was
   * let in, or its organization is suspended. Null if it may. Looks into memory only.
   */
  public @Nullable ServiceException refusal(Caller caller) {
    ServiceException revoked = revokedSince(caller);
    if (revoked != null) {
      return revoked;
    }
    return caller.suspended() || cache.wasSuspended(caller.organizationId()) ? suspended() : null;
  }

  /** Says that an organization begins nothing new. */
  public static ServiceException suspended() {
    return ServiceException.of(
        ErrorCode.ORGANIZATION_SUSPENDED,
        "This organization is suspended. Nothing was charged. What runs comes to its end, and usage"
            + " can be read; the operator of this site can let it go on.");
  }

  /**
   * Whether a key may still run something, for what it began without a connection. Asks the
   * database, so it blocks, and fails with a {@code DataAccessException} where that is away.
   *
   * @param scope that the key must have
   */
  public KeyCheck again(long keyId, Scope scope) {
    return switch (cache.read(keyId)) {
      case KnownKey.Absent absent -> refused(notOurs());
      case KnownKey.Present key when key.revoked() -> refused(revoked());
      case KnownKey.Present key when key.current().expiredBy(clock.instant()) ->
          refused(expired(true));
      case KnownKey.Present key when !key.rights().scopes().contains(scope) ->
          refused(
              ServiceException.of(
                  ErrorCode.SCOPE_MISSING,
                  "This API key has lost the scope %s.".formatted(scope.wire())));
      case KnownKey.Present key ->
          new KeyCheck.Accepted(key.caller(), key.rights().scopes(), key.current().until());
    };
  }

  private KeyCheck judge(Secret secret, KnownKey known, @Nullable InetAddress address) {
    return switch (known) {
      case KnownKey.Absent absent -> refused(notOurs());
      case KnownKey.Present key ->
          key.opened(secret)
              .map(opened -> judge(key, opened, address))
              .orElseGet(() -> refused(notOurs()));
    };
  }

  private KeyCheck judge(
      KnownKey.Present key, KnownKey.Known opened, @Nullable InetAddress address) {
    if (key.revoked()) {
      return refused(revoked());
    }
    if (opened.expiredBy(clock.instant())) {
      return refused(expired(opened.equals(key.current())));
    }
    if (!key.rights().allows(address)) {
      return refused(
          ServiceException.of(
              ErrorCode.IP_NOT_ALLOWED,
              "This API key may not be used from this address. Nothing was charged. Use it from a"
                  + " network of its list, or have the list changed."));
    }
    uses.mark(key.caller().keyId());
    return new KeyCheck.Accepted(key.caller(), key.rights().scopes(), opened.until());
  }

  private static KeyCheck refused(ServiceException error) {
    return new KeyCheck.Refused(error);
  }

  private static ServiceException revoked() {
    return ServiceException.of(
        ErrorCode.KEY_REVOKED,
        "This API key has been revoked. Nothing was charged. Use another key.");
  }

  private static ServiceException expired(boolean whole) {
    return ServiceException.of(
        ErrorCode.KEY_EXPIRED,
        whole
            ? "This API key has expired. Nothing was charged. Use another key."
            : "This secret was replaced and has expired. Nothing was charged. Use the new one.");
  }

  private static ServiceException notOurs() {
    return ServiceException.of(
        ErrorCode.INVALID_API_KEY,
        "This is not a valid API key. Nothing was charged. Check that it was copied whole, as"
            + " `Authorization: Bearer sk-r1-…`.");
  }

  private static ServiceException unavailable() {
    return ServiceException.later(
        ErrorCode.AUTH_UNAVAILABLE,
        Duration.ofSeconds(1),
        "API keys cannot be checked right now. Nothing was charged. Send it again.");
  }
}
