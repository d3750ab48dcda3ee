/**
 * What every service must do alike and no library does. Invariant: no business word; whoever uses
 * it ships it inside its own jar, so that services still release alone (decision 0014).
 */
@NullMarked
package io.r1platform.service;

import org.jspecify.annotations.NullMarked;
