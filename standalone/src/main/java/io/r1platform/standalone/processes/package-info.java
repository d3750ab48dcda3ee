/**
 * Processes of this installation: started, watched, recognised and stopped. Invariant: a process is
 * signalled only if its id, its start time and its command line are those of its record.
 */
@NullMarked
package io.r1platform.standalone.processes;

import org.jspecify.annotations.NullMarked;
