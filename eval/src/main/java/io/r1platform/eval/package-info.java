/**
 * {@code ./r1 eval}: what a model can do, asked through the tenant API as any tenant would, with
 * the quote before and the exact cost after. Invariant: it knows no service's classes.
 */
@NullMarked
package io.r1platform.eval;

import org.jspecify.annotations.NullMarked;
