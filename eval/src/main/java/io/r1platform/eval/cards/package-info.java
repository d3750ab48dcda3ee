/** The result card of a run, as JSON and as HTML; each number follows from plan and journal. */
@NullMarked
package io.r1platform.eval.cards;

import org.jspecify.annotations.NullMarked;
