/**
 * Lets usage leave the database for Parquet files when it is old, if a directory is set.
 *
 * <p>Invariant: a day's records and engine receipts are dropped only after files with exactly their
 * counts and sums are safe on disk, and a record that left is still recognised by its id and
 * content.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"errors", "observability"})
package io.r1platform.billing.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
