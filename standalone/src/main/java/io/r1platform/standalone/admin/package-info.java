/**
 * What the front door asks of a running platform, through the admin API like everybody else.
 * Invariant: nothing is read from a service's tables, and no number is computed that a service
 * could tell.
 */
@NullMarked
package io.r1platform.standalone.admin;

import org.jspecify.annotations.NullMarked;
