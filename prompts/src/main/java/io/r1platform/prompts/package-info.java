/**
 * R1's template, the split of reasoning and answer, stop strings: pure functions over {@code
 * java..} alone. Invariant: no text of a caller becomes a role marker.
 */
@NullMarked
package io.r1platform.prompts;

import org.jspecify.annotations.NullMarked;
