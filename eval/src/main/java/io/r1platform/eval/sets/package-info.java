/**
 * Sets made from a seed that is committed to before a run and revealed after it. Invariant: the
 * same seed gives the same bytes.
 */
@NullMarked
package io.r1platform.eval.sets;

import org.jspecify.annotations.NullMarked;
