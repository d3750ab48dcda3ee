/**
 * What a receipt is and how anyone checks it: the record of a request, the RFC 6962 log of records,
 * its signed checkpoints and proofs, the Merkle sum tree of a month, and the bundle of a bill.
 * Billing writes with these classes and {@code r1-verify-bill} reads with them.
 *
 * <p>Invariant: only {@code java..} is known here, nothing reads a clock, a file's name or the
 * network, and every parser takes exactly one text for one meaning.
 */
@NullMarked
package io.r1platform.receipts;

import org.jspecify.annotations.NullMarked;
