/**
 * The front door's Java side: {@code ./r1} starts {@link R1}, which is only the table of commands.
 * Invariant: nothing here knows how a part works; each command asks the package that does.
 */
@NullMarked
package io.r1platform.standalone;

import org.jspecify.annotations.NullMarked;
