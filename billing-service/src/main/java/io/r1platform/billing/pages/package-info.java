/** Which part of a list is asked for. Invariant: pages follow each other by the id of a row. */
@NullMarked
@ApplicationModule(allowedDependencies = "errors")
package io.r1platform.billing.pages;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
