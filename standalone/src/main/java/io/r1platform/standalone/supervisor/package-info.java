/**
 * The detached process that keeps PostgreSQL and the three services running. Invariant: one
 * supervisor for each home, held by a file lock that ends with it; what an earlier one left running
 * is stopped before anything is started.
 */
@NullMarked
package io.r1platform.standalone.supervisor;

import org.jspecify.annotations.NullMarked;
