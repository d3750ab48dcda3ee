package io.r1platform.api.sessions;

/**
 * Someone who runs the site.
 *
 * @param enabled a disabled operator keeps the session and may do nothing with it
 */
public record Operator(long id, String email, boolean enabled) {}
