package io.r1platform.api.keys;

/**
 * A key has been revoked, here or on another replica. Published on every replica within a second of
 * the commit, by the thread that follows the changes: listeners must not wait.
 */
public record KeyRevoked(long keyId) {}
