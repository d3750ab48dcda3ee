/**
 * Says what a command would do. Invariant: what a dry run did is rolled back, and only commands
 * that do nothing but write to the database are run so.
 */
@NullMarked
@ApplicationModule(allowedDependencies = "errors")
package io.r1platform.billing.dryruns;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
