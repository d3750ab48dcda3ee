/**
 * Building what is stale, by Maven. Invariant: a module's stamp is older than every source that was
 * not built into its jar.
 */
@NullMarked
package io.r1platform.standalone.build;

import org.jspecify.annotations.NullMarked;
