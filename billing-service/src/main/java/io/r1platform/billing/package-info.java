/**
 * Turns usage into money. Invariant: what was used, what was summed and what was posted are equal
 * to the pico-dollar.
 */
@NullMarked
package io.r1platform.billing;

import org.jspecify.annotations.NullMarked;
