package io.r1platform.api.upstreams;

/**
 * Salts of one server's prefix cache. Prompts of equal salt may share what was computed of them;
 * nobody without our secrets can tell a salt, or a tenant from it.
 */
@FunctionalInterface
public interface CacheSalts {
  /** 43 characters of base64url, the same on every replica until the secrets change. */
  String of(String tenant);
}
