/**
 * Answers of changes that may be asked for again under their key. Invariant: of all requests of one
 * principal with one key and path, one content at most is carried out in a day; its answer is kept
 * encrypted.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"idempotency", "errors"})
package io.r1platform.api.replies;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
