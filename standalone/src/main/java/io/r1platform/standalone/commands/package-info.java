/**
 * The commands of {@code ./r1}, a class each. Invariant: what a script may read goes to standard
 * output in a stable form, its last line first of all; errors go to standard error, and the exit
 * code is 0 only if the command did what it says.
 */
@NullMarked
package io.r1platform.standalone.commands;

import org.jspecify.annotations.NullMarked;
