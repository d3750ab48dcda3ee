package io.r1platform.eval.runs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One answer, a line of {@code answers.jsonl}.
 *
 * @param problem the problem's id
 * @param sample counts from 0
 * @param request the platform's id of the request
 * @param answer the text after the reasoning; empty if there was none
 * @param reasoning null unless it is kept
 * @param promptTokens cached ones included
 * @param completionTokens reasoning included
 * @param cost as the platform charged it, exact
 * @param finish why it ended, such as {@code stop} or {@code length}
 * @param millis from sending to the whole answer, repeats included
 * @param at when it was there
 * @param error why there is no answer, else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Sample(
    String problem,
    int sample,
    String request,
    String answer,
    @Nullable String reasoning,
    long promptTokens,
    long cachedTokens,
    long reasoningTokens,
    long completionTokens,
    BigDecimal cost,
    String currency,
    String finish,
    long millis,
    Instant at,
    @Nullable String error) {}
