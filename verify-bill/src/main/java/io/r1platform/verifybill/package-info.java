/**
 * {@code r1-verify-bill}: checks a month's bill offline. Invariant: nothing but the files it is
 * given is read, it is never written to, and whatever is not proved is named.
 */
@NullMarked
package io.r1platform.verifybill;

import org.jspecify.annotations.NullMarked;
