/**
 * R1's template, the split of reasoning and answer, stop strings: pure functions. Invariant: no
 * text of a caller becomes a role marker.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.inference.prompts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
