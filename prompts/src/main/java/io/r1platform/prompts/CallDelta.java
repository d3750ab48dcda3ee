package io.r1platform.prompts;

import org.jspecify.annotations.Nullable;

/**
 * A part of a call that the model makes.
 *
 * @param index of the call, from 0
 * @param name with a call's first part, else null
 * @param arguments to append, JSON when all parts are there
 */
public record CallDelta(int index, @Nullable String name, String arguments) {}
