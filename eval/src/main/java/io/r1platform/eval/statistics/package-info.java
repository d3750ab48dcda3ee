/** What a handful of right and wrong answers says: pure functions, seeded where they draw. */
@NullMarked
package io.r1platform.eval.statistics;

import org.jspecify.annotations.NullMarked;
