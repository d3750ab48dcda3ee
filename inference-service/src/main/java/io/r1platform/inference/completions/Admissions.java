package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationTask;
import io.r1platform.inference.generation.Generations;
import io.r1platform.inference.generation.Vocabulary;
import io.r1platform.inference.generation.Wishes;
import io.r1platform.inference.models.ModelCard;
import io.r1platform.inference.models.Models;
import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.OutputText;
import io.r1platform.prompts.R1Template;
import io.r1platform.prompts.ToolUse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

  /** What a gateway takes of an answer in one piece: its {@code r1.api.relay.reply-limit}. */
  private static final long WHOLE_BYTES_MAX = 16L << 20;

  /** A token with its logprob, or one of the likeliest, in JSON; most have a third of it. */
  private static final int LOGPROB_BYTES = 256;

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

  /**
   * Refuses before the body is read what a full queue would refuse then, if a gateway says which
   * model it is.
   */
  void requireRoom(ServerWebExchange exchange) {
    String model = CallHeaders.model(exchange.getRequest().getHeaders());
    if (model != null) {
      generations.requireRoom(models.require(model).name());
    }
  }

  /** Checks a chat completion and starts it; {@code call} ends it if its connection closes. */
  Admitted chat(ServerWebExchange exchange, byte[] body, Call call) {
    CallHeaders headers = CallHeaders.of(exchange.getRequest().getHeaders());
    ChatRequest request = ChatRequest.of(Fields.parse(json, body));
    Model model = model(headers.model(), request.common().model());
    R1Template template = model.template();
    ToolUse use = request.tools().use();
    Wishes wishes = Requirements.check(request, model.vocabulary(), template);
    return start(
        exchange,
        call,
        headers,
        model,
        new Asked(
            Form.CHAT,
            request.common(),
            request.ignored(),
            template.render(request.messages(), use),
            wishes,
            template.thinkCloseId(),
            () -> template.output(request.common().stops(), use)));
  }

  /** The same of a raw completion. */
  Admitted raw(ServerWebExchange exchange, byte[] body, Call call) {
    CallHeaders headers = CallHeaders.of(exchange.getRequest().getHeaders());
    RawRequest request = RawRequest.of(Fields.parse(json, body));
    Model model = model(headers.model(), request.common().model());
    R1Template template = model.template();
    return start(
        exchange,
        call,
        headers,
        model,
        new Asked(
            Form.RAW,
            request.common(),
            request.ignored(),
            template.raw(request.prompt()),
            Requirements.check(request.common(), request.topLogprobs(), model.vocabulary()),
            /* thinkCloseId= */ -1,
            () -> template.rawOutput(request.common().stops())));
  }

  /**
   * How many tokens {@code messages} with {@code tools} have, so that a whole chat body is counted
   * as such, or else {@code input} as a raw prompt.
   */
  Wire.TokenCount count(@Nullable String resolved, byte[] body) {
    Fields fields = Fields.parse(json, body);
    Model model = model(resolved, fields.text("model"));
    R1Template template = model.template();
    int[] ids;
    int templateTokens;
    if (fields.optional("messages") != null || fields.optional("input") == null) {
      List<ChatMessage> messages = Messages.of(fields.required("messages"));
      ToolUse use = Tools.of(fields).use();
      Requirements.check(messages, use, model.vocabulary());
      ids = template.render(messages, use);
      templateTokens = template.render(withoutTexts(messages), use).length;
    } else {
      ids = template.raw(fields.text("input"));
      templateTokens = template.raw("").length;
    }
    return new Wire.TokenCount(
        "token_count",
        model.card().name(),
        ids.length,
        templateTokens,
        fields.flag("return_ids") ? ids : null);
  }

  private static List<ChatMessage> withoutTexts(List<ChatMessage> messages) {
    return messages.stream()
        .map(message -> new ChatMessage(message.role(), "", message.calls()))
        .toList();
  }

  /** A ready model and how it is spoken to. */
  private record Model(ModelCard card, Vocabulary vocabulary, R1Template template) {}

  /**
   * A request of either kind.
   *
   * @param thinkCloseId what ends the reasoning; −1 = all is answer
   * @param output makes the reader of each choice
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Asked(
      Form form,
      Common common,
      List<String> ignored,
      int[] promptIds,
      Wishes wishes,
      int thinkCloseId,
      Supplier<OutputText> output) {}

  private Model model(@Nullable String resolved, String asked) {
    ModelCard card = models.require(resolved == null ? asked : resolved);
    Vocabulary vocabulary = generations.vocabulary(card.name());
    return new Model(card, vocabulary, vocabulary.template());
  }

  private Admitted start(
      ServerWebExchange exchange, Call call, CallHeaders headers, Model model, Asked asked) {
    Common common = asked.common();
    int promptTokens = asked.promptIds().length;
    checkBound(headers, promptTokens);
    int maxTokens = maxTokens(common, headers, model.card(), promptTokens);
    checkWhole(common, asked.wishes(), maxTokens);
    var completion =
        new Completion(
            common.choices(), asked.output(), asked.wishes().topLogprobs() != Wishes.NO_LOGPROBS);
    call.has(completion);
    tell(exchange.getResponse().getHeaders(), maxTokens, asked.ignored());
    completion.started(
        generations.start(
            task(headers, model.card(), asked, maxTokens),
            completion.listeners(),
            completion.choices()));
    var answer =
        new Answer(
            asked.form(),
            json,
            asked.form().idPrefix() + headers.eventId(),
            clock.instant().getEpochSecond(),
            model.card());
    AnswerWriter writer =
        common.stream()
            ? new SseWriter(answer, promptTokens)
            : new JsonWriter(answer, headers.tellStart());
    return new Admitted(model.card().name(), completion, writer, promptTokens);
  }

  private GenerationTask task(CallHeaders headers, ModelCard card, Asked asked, int maxTokens) {
    Common common = asked.common();
    return new GenerationTask(
            card.name(),
            headers.eventId(),
            headers.attempt(),
            headers.replica(),
            asked.promptIds(),
            maxTokens,
            common.temperature(),
            Math.max(common.topP(), LEAST_TOP_P),
            common.seed() == null ? seeds.nextLong() : common.seed(),
            headers.cacheSalt(),
            asked.thinkCloseId(),
            headers.share())
        .with(asked.wishes().within(headers.timeout()), headers.traceparent());
  }

  /** An answer that nobody could take would be generated for nothing. */
  private static void checkWhole(Common common, Wishes wishes, int maxTokens) {
    if (common.stream() || wishes.topLogprobs() == Wishes.NO_LOGPROBS) {
      return;
    }
    long each = (long) common.choices() * (1 + wishes.topLogprobs()) * LOGPROB_BYTES;
    if (maxTokens * each > WHOLE_BYTES_MAX) {
      throw ServiceException.invalidValue(
          "max_tokens",
          "With these logprobs an answer in one piece has at most %d tokens for each choice. Ask for"
                  .formatted(WHOLE_BYTES_MAX / each)
              + " fewer, or for a stream.");
    }
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
