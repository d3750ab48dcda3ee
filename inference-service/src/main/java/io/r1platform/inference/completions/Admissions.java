package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationTask;
import io.r1platform.inference.generation.Generations;
import io.r1platform.inference.generation.Vocabulary;
import io.r1platform.inference.generation.Wishes;
import io.r1platform.inference.models.ModelCard;
import io.r1platform.inference.models.Models;
import io.r1platform.prompts.R1Template;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** From the bytes of a request to a generation in the engine, or a refusal. */
@Component
final class Admissions {
  private static final float LEAST_TOP_P = 1e-6f;
  private static final int IGNORED_NAMES_MAX = 32;

  private final JsonMapper json;
  private final Models models;
  private final Generations generations;
  private final Clock clock;
  private final SecureRandom seeds = new SecureRandom();

  Admissions(JsonMapper json, Models models, Generations generations, Clock clock) {
    this.json = json;
    this.models = models;
    this.generations = generations;
    this.clock = clock;
  }

  /**
   * A request that the engine has taken.
   *
   * @param model the name of its model
   * @param completion its answer
   * @param writer how the answer is written
   * @param promptTokens length of the prompt
   */
  record Admitted(String model, Completion completion, AnswerWriter writer, int promptTokens) {
    Response response(
        ServerHttpResponse response,
        Duration keepAlive,
        BooleanSupplier alive,
        Clock clock,
        Scheduler eventLoop) {
      return new Response(response, writer, promptTokens, keepAlive, alive, clock, eventLoop);
    }
  }

  /** Checks the request and starts it; {@code call} ends it if its connection closes. */
  Admitted admit(ServerWebExchange exchange, byte[] body, Call call) {
    CallHeaders headers = CallHeaders.of(exchange.getRequest().getHeaders());
    ChatRequest request = ChatRequest.of(Fields.parse(json, body));
    ModelCard card =
        models.require(headers.model() == null ? request.common().model() : headers.model());
    Vocabulary vocabulary = generations.vocabulary(card.name());
    var template = new R1Template(vocabulary::markerId, vocabulary::tokenize);
    Wishes wishes = Requirements.check(request, vocabulary, template);
    int[] promptIds = template.render(request.messages(), request.tools().use());
    checkBound(headers, promptIds.length);
    Common common = request.common();
    int maxTokens = maxTokens(common, headers, card, promptIds.length);
    var completion =
        new Completion(
            common.choices(),
            () -> template.output(common.stops(), request.tools().use()),
            request.topLogprobs() != Wishes.NO_LOGPROBS);
    call.has(completion);
    tell(exchange.getResponse().getHeaders(), maxTokens, request.ignored());
    completion.started(
        generations.start(
            new GenerationTask(
                    card.name(),
                    headers.eventId(),
                    headers.attempt(),
                    headers.replica(),
                    promptIds,
                    maxTokens,
                    common.temperature(),
                    Math.max(common.topP(), LEAST_TOP_P),
                    common.seed() == null ? seeds.nextLong() : common.seed(),
                    headers.cacheSalt(),
                    template.thinkCloseId(),
                    headers.share())
                .with(wishes),
            completion.listeners(),
            completion.choices()));
    var answer =
        new Answer(
            json,
            "chatcmpl-" + headers.eventId(),
            clock.instant().getEpochSecond(),
            card,
            vocabulary::piece);
    AnswerWriter writer =
        common.stream()
            ? new SseWriter(answer, promptIds.length, common.choices())
            : new JsonWriter(answer);
    return new Admitted(card.name(), completion, writer, promptIds.length);
  }

  /** A prompt that the gateway holds no money for must not run. */
  private static void checkBound(CallHeaders headers, int promptTokens) {
    Integer bound = headers.maxPromptTokens();
    if (bound != null && promptTokens > bound) {
      throw ServiceException.ofParam(
          ErrorCode.CONTEXT_LENGTH_EXCEEDED,
          "messages",
          "The prompt has %d tokens, more than the %d that were paid for in advance."
              .formatted(promptTokens, bound));
    }
  }

  /** The smallest of what is asked for, what the gateway allows, and what fits the context. */
  private static int maxTokens(
      Common request, CallHeaders headers, ModelCard card, int promptTokens) {
    int room = card.contextTokens() - promptTokens;
    if (room < 1) {
      throw ServiceException.ofParam(
          ErrorCode.CONTEXT_LENGTH_EXCEEDED,
          "messages",
          "The prompt has %d tokens; the model's context of %d must hold it and an answer."
              .formatted(promptTokens, card.contextTokens()));
    }
    Integer asked = request.maxTokens();
    if (asked != null && asked > card.maxOutputTokens()) {
      throw ServiceException.invalidValue(
          "max_tokens", "'max_tokens' must be at most %d.".formatted(card.maxOutputTokens()));
    }
    int cap = asked == null ? card.defaultMaxTokens() : asked;
    Integer allowed = headers.maxTokens();
    return Math.min(room, allowed == null ? cap : Math.min(cap, allowed));
  }

  private static void tell(HttpHeaders headers, int maxTokens, List<String> ignored) {
    headers.set("x-r1-max-tokens", Integer.toString(maxTokens));
    List<String> names =
        ignored.stream()
            .filter(name -> name.matches("[A-Za-z0-9_.-]{1,64}"))
            .limit(IGNORED_NAMES_MAX)
            .toList();
    if (!names.isEmpty()) {
      headers.set("x-r1-ignored", String.join(",", names));
    }
  }
}
