/**
 * Whether an answer is the expected one. Invariant: nothing of an answer is executed: the algebra
 * system sees only numbers, letters and operators that this package has written itself, for a
 * bounded time.
 */
@NullMarked
package io.r1platform.eval.answers;

import org.jspecify.annotations.NullMarked;
