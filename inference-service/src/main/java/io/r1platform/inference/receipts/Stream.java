package io.r1platform.inference.receipts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of one process, in sequence.
 *
 * @param instanceId the process
 * @param startedAt when the process began
 * @param shippedSeq up to which billing has them
 * @param lastSeq the last one, or null while the process may write more
 */
record Stream(UUID instanceId, Instant startedAt, long shippedSeq, @Nullable Long lastSeq) {}
