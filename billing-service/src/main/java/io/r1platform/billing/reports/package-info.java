/**
 * What the console asks: sums by day, project, key and model; requests; one request in full.
 * Invariant: every sum is over the rows that the lists show, so they agree to the last digit.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"questions", "money", "errors", "observability"})
package io.r1platform.billing.reports;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
