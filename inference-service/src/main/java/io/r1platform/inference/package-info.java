/**
 * The inference service: OpenAI-compatible completions over one native engine. Invariant: a request
 * that reached the engine leaves exactly one durable receipt.
 */
@NullMarked
package io.r1platform.inference;

import org.jspecify.annotations.NullMarked;
