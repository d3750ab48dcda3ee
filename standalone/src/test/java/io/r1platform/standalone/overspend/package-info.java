/**
 * Real gateways, in one process and in several, spend one budget to the end while they are killed
 * at random. Only the engine is a stand-in.
 */
@NullMarked
package io.r1platform.standalone.overspend;

import org.jspecify.annotations.NullMarked;
