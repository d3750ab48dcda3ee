/**
 * What projects and API keys are called, as gateways say; others read the table {@code
 * display_name}. Invariant: a name is known for the organization that it was said of only, and an
 * older one never replaces a newer one.
 */
@NullMarked
@ApplicationModule(allowedDependencies = "errors")
package io.r1platform.billing.names;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
