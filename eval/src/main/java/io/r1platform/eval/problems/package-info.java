/** The problems of a file and how one is asked and judged. */
@NullMarked
package io.r1platform.eval.problems;

import org.jspecify.annotations.NullMarked;
