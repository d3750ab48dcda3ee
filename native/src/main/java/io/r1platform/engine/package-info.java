/**
 * Generates tokens: one model in one native engine, driven by downcalls only. Invariant: every
 * accepted request ends in exactly one FINISHED or ERROR event, and its events carry each of its
 * tokens once.
 */
@NullMarked
package io.r1platform.engine;

import org.jspecify.annotations.NullMarked;
