/**
 * The public door for payment providers' webhooks. Invariant: bytes and signature headers go on to
 * billing-service as they came; nothing here decides whether money moves, but whether there is the
 * organization that billing asks for.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"billing", "tenants", "errors"})
package io.r1platform.api.payments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
