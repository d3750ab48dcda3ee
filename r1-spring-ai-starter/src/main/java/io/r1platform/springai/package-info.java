/**
 * R1 in an application's own process, as Spring AI's {@code ChatModel}. Invariant: every call that
 * the engine took ends exactly once, and its observation has the exact usage.
 */
@NullMarked
package io.r1platform.springai;

import org.jspecify.annotations.NullMarked;
