package io.r1platform.eval.runs;

import com.openai.core.JsonValue;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.completions.CompletionUsage;
import io.r1platform.eval.problems.Problem;
import io.r1platform.eval.problems.ProblemFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/**
 * Asks one question as a tenant does, by Spring AI's OpenAI model. The client repeats by itself
 * what the platform says can be repeated ({@code x-should-retry}, {@code Retry-After}); each answer
 * has its own idempotency key, so a repeat is charged once. For many threads.
 */
final class Tenant {
  private static final int REPEATS = 12;
  private static final Duration PATIENCE = Duration.ofMinutes(61); // a request may take 60

  private final String v1;
  private final String key;
  private final Plan plan;
  private final @Nullable BigDecimal maxCost;
  private final Clock clock;
  private final OpenAiChatModel model;

  /**
   * A tenant for one run.
   *
   * @param maxCost the bound that each request carries, or null
   */
  Tenant(String v1, String key, Plan plan, @Nullable BigDecimal maxCost, Clock clock) {
    this.v1 = v1;
    this.key = key;
    this.plan = plan;
    this.maxCost = maxCost;
    this.clock = clock;
    this.model = OpenAiChatModel.builder().options(options().build()).build();
  }

  /**
   * The answer to a problem.
   *
   * @throws IllegalStateException where going on makes no sense: a bad key, no money, no server
   */
  Sample ask(Problem problem, int sample) {
    OpenAiChatOptions.Builder options = options();
    options.seed(seed(problem, sample));
    options.customHeaders(Map.of("Idempotency-Key", idempotencyKey(problem, sample)));
    if (maxCost != null) {
      options.extraBody(Map.of("max_cost", maxCost.toPlainString()));
    }
    Instant begun = clock.instant();
    try {
      ChatResponse response = model.call(new Prompt(problem.prompt(), options.build()));
      return sample(problem, sample, response, begun);
    } catch (OpenAIServiceException e) {
      return failed(problem, sample, e, begun);
    } catch (OpenAIException e) {
      throw new IllegalStateException(v1 + ": " + e.getMessage(), e);
    }
  }

  private OpenAiChatOptions.Builder options() {
    OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
    options.baseUrl(v1).apiKey(key).maxRetries(REPEATS).timeout(PATIENCE);
    options.model(plan.settings().model());
    Settings settings = plan.settings();
    if (settings.maxTokens() != null) {
      options.maxTokens(settings.maxTokens());
    }
    if (settings.temperature() != null) {
      options.temperature(settings.temperature());
    }
    if (settings.topP() != null) {
      options.topP(settings.topP());
    }
    return options;
  }

  /** Different for each sample, the same whenever it is asked. */
  private int seed(Problem problem, int sample) {
    String text = plan.settings().seed() + " " + sample + " " + problem.id();
    return text.hashCode() & Integer.MAX_VALUE;
  }

  private String idempotencyKey(Problem problem, int sample) {
    return "r1-eval-"
        + ProblemFile.sha256(
            (plan.run() + " " + sample + " " + problem.id()).getBytes(StandardCharsets.UTF_8));
  }

  private Sample sample(Problem problem, int sample, ChatResponse response, Instant begun) {
    var result = Objects.requireNonNull(response.getResult(), "an answer has a choice");
    AssistantMessage message = result.getOutput();
    if (!(response.getMetadata().getUsage().getNativeUsage() instanceof CompletionUsage usage)) {
      throw new IllegalStateException("the answer has no usage");
    }
    Instant now = clock.instant();
    return new Sample(
        problem.id(),
        sample,
        response.getMetadata().getId(),
        Objects.requireNonNullElse(message.getText(), ""),
        plan.settings().keepsReasoning()
            ? Objects.toString(message.getMetadata().get("reasoningContent"), "")
            : null,
        usage.promptTokens(),
        usage.promptTokensDetails().flatMap(details -> details.cachedTokens()).orElse(0L),
        usage.completionTokensDetails().flatMap(details -> details.reasoningTokens()).orElse(0L),
        usage.completionTokens(),
        new BigDecimal(text(usage._allProperties().get("cost"), "the usage has no cost")),
        text(usage._allProperties().get("currency"), "the usage has no currency"),
        Objects.toString(result.getMetadata().getFinishReason(), ""),
        Duration.between(begun, now).toMillis(),
        now,
        null);
  }

  private static String text(@Nullable JsonValue value, String otherwise) {
    if (value == null || value.isMissing() || value.isNull()) {
      throw new IllegalStateException(
          otherwise
              + ": this is not R1 Platform's tenant API, or the charge is pending;"
              + " the same command asks again, at no further charge");
    }
    return Objects.requireNonNull(value.convert(String.class));
  }

  /** A request that was refused for what it asks, or charged without an answer, is a wrong one. */
  private Sample failed(Problem problem, int sample, OpenAIServiceException e, Instant begun) {
    Map<?, ?> error = e.body().isMissing() || e.body().isNull() ? Map.of() : map(e.body());
    String charged = Objects.toString(error.get("charged"), "0");
    int status = e.statusCode();
    boolean ofTheRequest = status == 400 || status == 413 || status == 422;
    boolean isCharged =
        charged.matches("[0-9]+(\\.[0-9]+)?") && new BigDecimal(charged).signum() > 0;
    if (!ofTheRequest && !isCharged) {
      throw new IllegalStateException(
          status + " " + e.getMessage() + " The same command goes on where this one stopped.", e);
    }
    Instant now = clock.instant();
    return new Sample(
        problem.id(),
        sample,
        Objects.toString(error.get("request_id"), ""),
        "",
        null,
        0,
        0,
        0,
        0,
        isCharged ? new BigDecimal(charged) : BigDecimal.ZERO,
        "",
        "error",
        Duration.between(begun, now).toMillis(),
        now,
        status + " " + Objects.toString(error.get("code"), "") + ": " + e.getMessage());
  }

  private static Map<?, ?> map(JsonValue body) {
    try {
      Map<?, ?> map = body.convert(Map.class);
      return map == null ? Map.of() : map.get("error") instanceof Map<?, ?> inner ? inner : map;
    } catch (RuntimeException e) { // the client's own, for a body of another shape
      return Map.of();
    }
  }
}
