/**
 * Spring AI's ChatModel over the same generations. Invariant: it counts and leaves receipts as HTTP
 * does.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"generation", "models", "errors", "observability"})
package io.r1platform.inference.chatmodel;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
