package io.r1platform.springai;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.r1platform.engine.GenerationRequest;
import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.OutputText;
import io.r1platform.prompts.R1Template;
import io.r1platform.prompts.ToolUse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * R1 in this process. For any number of threads. Reasoning is the message's metadata {@code
 * reasoningContent}, never part of its text; a delta of it has {@code isThought} true. Calls of
 * tools come whole, with the last response; who asked runs them. The usage is exact, with cached
 * tokens, and {@link R1Usage} as the native one. Refusals and failures are {@link R1Exception}s,
 * also in streams.
 */
public final class R1ChatModel implements ChatModel {
  /** The engine ends a call at its deadline, within a step; one that does not stands still. */
  private static final Duration AFTER_DEADLINE = Duration.ofSeconds(60);

  private static final String PROVIDER = "r1-platform";
  private static final ChatModelObservationConvention DEFAULT_CONVENTION =
      new DefaultChatModelObservationConvention();

  private final EmbeddedEngine engine;
  private final R1ChatOptions defaults;
  private final Requests requests;
  private final Duration longest;
  private final ObservationRegistry observations;
  private final ChatModelObservationConvention convention;

  R1ChatModel(
      EmbeddedEngine engine,
      R1ChatOptions defaults,
      Duration deadline,
      ObservationRegistry observations,
      ChatModelObservationConvention convention) {
    this.engine = engine;
    this.defaults = defaults;
    this.requests = new Requests(deadline);
    this.longest = deadline.plus(AFTER_DEADLINE);
    this.observations = observations;
    this.convention = convention;
  }

  /** Waits for the whole answer; an interrupt cancels it. */
  @Override
  public ChatResponse call(Prompt prompt) {
    var whole = new WholeAnswer();
    return whole.await(longest, start(prompt, whole, false, null), engine::standsStill);
  }

  /**
   * Text as it comes; the last response has the finish reason and the usage. Each subscription is a
   * call of its own; cancelling it stops the engine within one step, and the observation gets the
   * usage of what was generated.
   */
  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    return Flux.deferContextual(
        seen -> {
          var answer = new StreamedAnswer();
          @Nullable Observation parent =
              seen.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
          return answer.responses(
              longest, start(prompt, answer, true, parent), engine::standsStill);
        });
  }

  @Override
  public R1ChatOptions getOptions() {
    return defaults;
  }

  /** Begins a call; what it returns cancels it. */
  private Runnable start(
      Prompt prompt, Answer answer, boolean streaming, @Nullable Observation parent) {
    R1ChatOptions options = merged(prompt.getOptions());
    var context =
        ChatModelObservationContext.builder()
            .prompt(new Prompt(prompt.getInstructions(), options))
            .provider(PROVIDER)
            .streaming(streaming)
            .build();
    Observation observation =
        ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
            convention, DEFAULT_CONVENTION, () -> context, observations);
    if (parent != null) {
      observation.parentObservation(parent);
    }
    observation.start();
    try {
      return submit(prompt, options, answer, observation, context);
    } catch (RuntimeException e) {
      observation.error(e);
      observation.stop();
      throw e;
    }
  }

  private Runnable submit(
      Prompt prompt,
      R1ChatOptions options,
      Answer answer,
      Observation observation,
      ChatModelObservationContext context) {
    Vocabulary vocabulary = engine.vocabulary();
    R1Template template = vocabulary.template();
    List<ChatMessage> messages = Instructions.of(prompt);
    ToolUse tools = Tools.of(options, messages, template);
    int[] ids = template.render(messages, tools);
    GenerationRequest request = requests.of(engine.nextId(), ids, options, tools, vocabulary);
    List<String> stops = options.getStopSequences();
    OutputText output = template.output(stops == null ? List.of() : stops, tools);
    var call =
        new ChatCall(
            output,
            answer,
            observation,
            context,
            new Responses(UUID.randomUUID().toString(), String.valueOf(defaults.getModel())),
            options.getTopLogprobs() == null ? null : vocabulary,
            ids.length);
    engine.submit(request, call);
    return () -> {
      call.cancelled();
      engine.cancel(request.id());
    };
  }

  private R1ChatOptions merged(@Nullable ChatOptions asked) {
    R1ChatOptions options =
        asked == null ? defaults : defaults.mutate().combineWith(asked.mutate()).build();
    if (!String.valueOf(options.getModel()).equals(defaults.getModel())) {
      throw R1Exception.invalid("The model '%s' is not here".formatted(options.getModel()));
    }
    return options;
  }
}
