package io.r1platform.api.batches;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a batch.
 *
 * @param line of the input file, from 1; null if it is about the whole
 */
record BatchFault(String code, @Nullable Integer line, String message, @Nullable String param) {}
