/**
 * Chat completions over HTTP: parse, start, write, cancel. Invariant: after the first id, every
 * blank line of a stream ends a block with data.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"generation", "models", "errors", "observability"})
package io.r1platform.inference.completions;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
