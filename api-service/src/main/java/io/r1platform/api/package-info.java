/** The public edge. Invariant: no response byte leaves before what it costs is on disk. */
@NullMarked
package io.r1platform.api;

import org.jspecify.annotations.NullMarked;
