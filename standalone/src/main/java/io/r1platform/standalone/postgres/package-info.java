/**
 * The embedded PostgreSQL 18: unpacked, initialised, started, stopped. Invariant: the data
 * directory is opened only when no process of an earlier server is left in it, and every role has a
 * password.
 */
@NullMarked
package io.r1platform.standalone.postgres;

import org.jspecify.annotations.NullMarked;
