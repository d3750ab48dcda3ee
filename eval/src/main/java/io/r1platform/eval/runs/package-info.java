/**
 * A run: its plan, its quote, its requests and its journal. Invariant: what was answered is neither
 * asked nor paid again, also after a kill.
 */
@NullMarked
package io.r1platform.eval.runs;

import org.jspecify.annotations.NullMarked;
