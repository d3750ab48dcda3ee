package io.r1platform.eval.runs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed before the first request, in {@code plan.json}.
 *
 * @param run a UUID, the first part of every idempotency key
 * @param createdAt when the quote was accepted
 * @param file the name of the problem file
 * @param fileSha256 of its bytes
 * @param baseUrl where the API is
 * @param settings what is asked
 * @param quote what was quoted; null if the server gives no quotes and that was accepted
 * @param commitment of a generated set, as it was known before the run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Plan(
    String run,
    Instant createdAt,
    String file,
    String fileSha256,
    String baseUrl,
    Settings settings,
    @Nullable Quote quote,
    @Nullable String commitment) {}
