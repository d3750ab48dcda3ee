/**
 * The page of all settings, written from the records that are the settings. Invariant: the same
 * sources give the same page, byte by byte.
 */
@NullMarked
package io.r1platform.standalone.configuration;

import org.jspecify.annotations.NullMarked;
