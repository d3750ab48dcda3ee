/**
 * Files of tenants, in PostgreSQL. Invariant: content is at rest only encrypted, and found by its
 * own project only; a file that a batch reads stays.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"keys", "idempotency", "statements", "errors"})
package io.r1platform.api.files;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
