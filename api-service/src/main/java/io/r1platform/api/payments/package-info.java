/**
 * The public door for payment providers' webhooks. Invariant: bytes and signature headers go on to
 * billing-service as they came; nothing here decides whether money moves.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"billing", "errors"})
package io.r1platform.api.payments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
