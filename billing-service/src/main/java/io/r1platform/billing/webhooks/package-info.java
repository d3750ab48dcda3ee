/**
 * Signs and checks webhooks as Standard Webhooks does. Invariant: a signature that does not match
 * in every byte, or whose time is not near ours, is refused.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.billing.webhooks;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
