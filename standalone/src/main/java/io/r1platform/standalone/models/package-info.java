/**
 * The models of one installation: what {@code ./r1 up} may serve. Invariant: what is in use has the
 * bytes that it had when it was checked.
 */
@NullMarked
package io.r1platform.standalone.models;

import org.jspecify.annotations.NullMarked;
