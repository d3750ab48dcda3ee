/**
 * Who runs next. Invariant: what waits never exceeds the limits, and backlogged organizations get
 * tokens by their weights. No thread, clock or engine is in here.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.inference.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
