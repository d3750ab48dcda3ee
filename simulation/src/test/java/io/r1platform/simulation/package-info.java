/**
 * A deterministic simulation of metering: the production classes of both services on a real
 * PostgreSQL, driven step by step from one seed, with a crash possible between any two statements.
 */
@NullMarked
package io.r1platform.simulation;

import org.jspecify.annotations.NullMarked;
