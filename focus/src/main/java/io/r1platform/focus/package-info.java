/**
 * FOCUS's own rule model as SQL over an export file. Invariant: neither the model nor the file is
 * trusted; both are bounded, and nothing of them is SQL that is not quoted.
 */
@NullMarked
package io.r1platform.focus;

import org.jspecify.annotations.NullMarked;
