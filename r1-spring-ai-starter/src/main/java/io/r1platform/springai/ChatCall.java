package io.r1platform.springai;

import io.micrometer.observation.Observation;
import io.r1platform.engine.EventBuffer;
import io.r1platform.engine.FinishReason;
import io.r1platform.prompts.CallDelta;
import io.r1platform.prompts.OutputText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelObservationContext;

/**
 * One call in the engine, counted by the polling thread alone. Its observation ends with text and
 * usage also when it is cancelled or fails, which Spring AI's own aggregator would not give.
 */
final class ChatCall implements EmbeddedEngine.Listener {
  private final OutputText output;
  private final Answer answer;
  private final Observation observation;
  private final ChatModelObservationContext context;
  private final Responses responses;
  private final @Nullable Vocabulary logprobTexts;
  private final int promptTokens;
  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private final List<String> callNames = new ArrayList<>();
  private final List<StringBuilder> callArguments = new ArrayList<>();
  private final List<TokenLogprob> logprobs = new ArrayList<>();
  private int logprobsSent;
  private int cached;
  private volatile boolean cancelled;

  /**
   * A call.
   *
   * @param logprobTexts gives alternatives' texts; null = no logprobs are asked
   * @param promptTokens length of the prompt, which a dead engine no longer tells
   */
  ChatCall(
      OutputText output,
      Answer answer,
      Observation observation,
      ChatModelObservationContext context,
      Responses responses,
      @Nullable Vocabulary logprobTexts,
      int promptTokens) {
    this.output = output;
    this.answer = answer;
    this.observation = observation;
    this.context = context;
    this.responses = responses;
    this.logprobTexts = logprobTexts;
    this.promptTokens = promptTokens;
  }

  /** The caller wants no more; tell the engine after this. */
  void cancelled() {
    cancelled = true;
  }

  @Override
  public boolean token(EventBuffer event) {
    cached = event.cachedTokens();
    if (logprobTexts != null) {
      logprobs.add(logprob(event, logprobTexts));
    }
    give(output.accept(event.tokenId(), !event.control() && !event.end(), event.piece()));
    return !output.stopped();
  }

  @Override
  public void ended(EventBuffer event) {
    give(output.finish());
    R1Usage usage = usage(event);
    if (event.kind() == EventBuffer.Kind.ERROR) {
      fail("ERROR", usage, R1Exception.Reason.FAILED, "The engine failed: " + event.status());
      return;
    }
    switch (event.reason()) {
      case END, STOP_ID -> end(callNames.isEmpty() ? "STOP" : "TOOL_CALLS", usage);
      case LENGTH -> end("LENGTH", usage);
      case CANCELLED -> stopped(usage);
      case DEADLINE -> fail("DEADLINE", usage, R1Exception.Reason.DEADLINE, "It took too long");
      case DRAINED ->
          fail("DRAINED", usage, R1Exception.Reason.UNAVAILABLE, "The application stops");
    }
  }

  @Override
  public void died() {
    int prompt = output.tokens() == 0 ? 0 : promptTokens;
    int found = Math.clamp(cached, 0, prompt);
    var usage = new R1Usage(prompt, found, output.tokens(), output.reasoningTokens(), 0, 0);
    fail("ERROR", usage, R1Exception.Reason.UNAVAILABLE, "The engine died");
  }

  private void stopped(R1Usage usage) {
    if (output.stopped()) {
      end(callNames.isEmpty() ? "STOP" : "TOOL_CALLS", usage);
    } else if (cancelled) {
      end(FinishReason.CANCELLED.name(), usage);
    } else {
      fail("ERROR", usage, R1Exception.Reason.FAILED, "The call failed in this application");
    }
  }

  private void give(OutputText.Text part) {
    part.calls().forEach(this::add);
    if (!part.reasoning().isEmpty() || !part.answer().isEmpty()) {
      reasoning.append(part.reasoning());
      text.append(part.answer());
      answer.delta(responses.delta(part.reasoning(), part.answer(), newLogprobs()));
    }
  }

  private void add(CallDelta call) {
    if (call.name() != null) {
      callNames.add(call.name());
      callArguments.add(new StringBuilder());
    }
    callArguments.get(call.index()).append(call.arguments());
  }

  /** None while their end has not come: a call that was cut off must not be run. */
  private List<AssistantMessage.ToolCall> calls(String finish) {
    var calls = new ArrayList<AssistantMessage.ToolCall>();
    for (int i = 0; finish.equals("TOOL_CALLS") && i < callNames.size(); i++) {
      calls.add(responses.call(i, callNames.get(i), callArguments.get(i).toString()));
    }
    return calls;
  }

  private void end(String finish, R1Usage usage) {
    ChatResponse whole = whole(finish, usage);
    try {
      context.setResponse(whole);
      observation.stop();
    } finally {
      answer.ended(responses.end("", "", calls(finish), finish, usage, newLogprobs()), whole);
    }
  }

  private void fail(String finish, R1Usage usage, R1Exception.Reason reason, String what) {
    var failure =
        new R1Exception(reason, "%s after %d tokens".formatted(what, usage.output()), usage);
    try {
      context.setResponse(whole(finish, usage));
      observation.error(failure);
      observation.stop();
    } finally {
      answer.failed(failure);
    }
  }

  private ChatResponse whole(String finish, R1Usage usage) {
    return responses.end(
        reasoning.toString(), text.toString(), calls(finish), finish, usage, logprobs);
  }

  private R1Usage usage(EventBuffer event) {
    int found = Math.max(0, output.tokens() > 0 ? cached : event.cachedTokens());
    return new R1Usage(
        event.promptTokens(),
        Math.min(found, event.promptTokens()),
        event.outputTokens(),
        output.reasoningTokens(),
        TimeUnit.MICROSECONDS.toMillis(event.queueMicros()),
        TimeUnit.MICROSECONDS.toMillis(event.queueMicros() + event.prefillMicros()));
  }

  private TokenLogprob logprob(EventBuffer event, Vocabulary texts) {
    var alternatives = new ArrayList<TokenLogprob.Alternative>(event.alternatives());
    for (int i = 0; i < event.alternatives(); i++) {
      int id = event.alternativeId(i);
      alternatives.add(
          new TokenLogprob.Alternative(id, texts.text(id), event.alternativeLogprob(i)));
    }
    return new TokenLogprob(
        event.tokenId(),
        texts.text(event.tokenId()),
        event.logprob(),
        !output.reasoningEnded(),
        alternatives);
  }

  private List<TokenLogprob> newLogprobs() {
    List<TokenLogprob> added = List.copyOf(logprobs.subList(logprobsSent, logprobs.size()));
    logprobsSent = logprobs.size();
    return added;
  }
}
