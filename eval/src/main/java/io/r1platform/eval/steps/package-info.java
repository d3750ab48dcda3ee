/**
 * The steps that r1-nano was taught to write, executed anew, as {@code models/r1-nano/train} does.
 */
@NullMarked
package io.r1platform.eval.steps;

import org.jspecify.annotations.NullMarked;
