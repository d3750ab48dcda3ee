package io.r1platform.inference.chatmodel;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationTask;
import io.r1platform.inference.generation.Generations;
import io.r1platform.inference.generation.Vocabulary;
import io.r1platform.inference.models.ModelCard;
import io.r1platform.inference.models.Models;
import io.r1platform.prompts.OutputText;
import io.r1platform.prompts.R1Template;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/**
 * R1 for Java code in this process: the same engine, queue, counts and receipts as over HTTP.
 * Reasoning is in the message's metadata {@code reasoningContent}; tokens of it are in the native
 * usage. Options it honours: model, maxTokens, temperature, topP, stopSequences; a set topK or
 * penalty is refused, and so are tools. Failures are {@link ServiceException}s, also in streams.
 */
@Component
public final class R1ChatModel implements ChatModel {
  private static final String PROVIDER = "r1-platform";
  private static final String OWN_REPLICA = "0.0"; // no gateway
  private static final int VERSION_7 = 0x7000;
  private static final long VARIANT = 0x8000000000000000L;

  private final Models models;
  private final Generations generations;
  private final ObservationRegistry observations;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  R1ChatModel(
      Models models, Generations generations, ObservationRegistry observations, Clock clock) {
    this.models = models;
    this.generations = generations;
    this.observations = observations;
    this.clock = clock;
  }

  /** Waits for the whole answer: call it from a virtual thread. */
  @Override
  public ChatResponse call(Prompt prompt) {
    var whole = new WholeAnswer();
    start(prompt, whole);
    return whole.await();
  }

  /** Text as it comes; the last response has the finish reason and the usage. */
  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    return Flux.defer(
        () -> {
          var answer = new StreamedAnswer();
          answer.started(start(prompt, answer));
          return answer.responses();
        });
  }

  @Override
  public ChatOptions getOptions() {
    return ChatOptions.builder()
        .model(models.name())
        .temperature(CallOptions.DEFAULT_TEMPERATURE)
        .topP(CallOptions.DEFAULT_TOP_P)
        .build();
  }

  private io.r1platform.inference.generation.Generation start(Prompt prompt, Answer answer) {
    var options = CallOptions.of(prompt.getOptions());
    ModelCard card = models.require(options.model() == null ? models.name() : options.model());
    Vocabulary vocabulary = generations.vocabulary();
    var template = new R1Template(vocabulary::markerId, vocabulary::tokenize);
    int[] promptIds = template.render(Instructions.of(prompt));
    UUID id = eventId();
    var call =
        new ChatCall(
            id,
            card.name(),
            new OutputText(template.thinkOpenId(), template.thinkCloseId(), options.stops()),
            answer,
            observe(prompt));
    var task =
        new GenerationTask(
            id,
            1,
            OWN_REPLICA,
            promptIds,
            maxTokens(options, card, promptIds.length),
            options.temperature(),
            options.topP(),
            random.nextLong(),
            0,
            template.thinkCloseId());
    return call.start(() -> generations.start(task, call));
  }

  private Observation observe(Prompt prompt) {
    return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
        null,
        new DefaultChatModelObservationConvention(),
        () -> ChatModelObservationContext.builder().prompt(prompt).provider(PROVIDER).build(),
        observations);
  }

  private static int maxTokens(CallOptions options, ModelCard card, int promptTokens) {
    int room = card.contextTokens() - promptTokens;
    if (room < 1) {
      throw ServiceException.ofParam(
          ErrorCode.CONTEXT_LENGTH_EXCEEDED, "messages", "The prompt fills the model's context.");
    }
    Integer asked = options.maxTokens();
    return Math.min(room, asked == null ? card.defaultMaxTokens() : asked);
  }

  /** A UUIDv7 of now. */
  private UUID eventId() {
    long high = (clock.millis() << 16) | VERSION_7 | random.nextInt(0x1000);
    return new UUID(high, VARIANT | (random.nextLong() >>> 2));
  }
}
