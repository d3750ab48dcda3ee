/**
 * The state directory of one installation ({@code .r1/}): its layout, ports and secrets. Invariant:
 * a secret lies in a file that only its owner can read, is made once, and is never printed here.
 */
@NullMarked
package io.r1platform.standalone.home;

import org.jspecify.annotations.NullMarked;
