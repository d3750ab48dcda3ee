/**
 * A process of its own that turns rows into a file, since DuckDB is native code that must not end a
 * service with it. Invariant: it reads standard input and touches nothing but the file and the
 * scratch directory that it is given.
 */
@NullMarked
package io.r1platform.exporter;

import org.jspecify.annotations.NullMarked;
