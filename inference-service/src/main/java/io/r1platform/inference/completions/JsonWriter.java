package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.prompts.CallDelta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.http.MediaType;

/**
 * Writes one JSON object at the end; empty lines, which JSON allows, while a client waits; and if
 * the gateway wants to know, a blank when the first token has come, which it keeps for itself.
 */
final class JsonWriter implements AnswerWriter {
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] STARTED = {' '};

  private final Answer answer;
  private boolean untold;
  private final SortedMap<Integer, Parts> parts = new TreeMap<>();
  private final List<Wire.Choice> finished = new ArrayList<>();

  /** What came of one choice. */
  private static final class Parts {
    final StringBuilder reasoning = new StringBuilder();
    final StringBuilder content = new StringBuilder();
    final List<String> names = new ArrayList<>();
    final List<StringBuilder> arguments = new ArrayList<>();
    final List<GenerationEvent.Token> reasoningTokens = new ArrayList<>();
    final List<GenerationEvent.Token> answerTokens = new ArrayList<>();

    void add(CallDelta call) {
      if (call.name() != null) {
        names.add(call.name());
        arguments.add(new StringBuilder());
      }
      arguments.get(call.index()).append(call.arguments());
    }

    void add(Signal.Logprobs logprobs) {
      reasoningTokens.addAll(logprobs.reasoning());
      answerTokens.addAll(logprobs.answer());
    }
  }

  JsonWriter(Answer answer, boolean tellStart) {
    this.answer = answer;
    this.untold = tellStart;
  }

  /** Whether these bytes say nothing to a client. */
  static boolean isStart(byte[] bytes) {
    return bytes == STARTED;
  }

  @Override
  public MediaType mediaType() {
    return MediaType.APPLICATION_JSON;
  }

  @Override
  public byte[] delta(Signal.Delta delta) {
    Parts of = parts(delta.choice());
    of.reasoning.append(delta.text().reasoning());
    of.content.append(delta.text().answer());
    delta.text().calls().forEach(of::add);
    of.add(delta.logprobs());
    boolean tell = untold;
    untold = false;
    return tell ? STARTED : NOTHING;
  }

  @Override
  public byte[] finished(Signal.Finished end) {
    parts(end.choice()).add(end.logprobs());
    finished.add(choice(end));
    return NOTHING;
  }

  @Override
  public byte[] silence() {
    return "\n".getBytes(StandardCharsets.US_ASCII);
  }

  /** Text that was generated is never withheld: after a failure it is the partial message. */
  @Override
  public Last end(Signal.End end, boolean begun) {
    Ended ended = end.ended();
    if (end.only() != null) {
      finished(end.only());
    }
    finished.sort(Comparator.comparingInt(Wire.Choice::index));
    ServiceException failure = ended.failure();
    boolean generated = ended.usage().output() > 0;
    if (failure != null && !begun && generated && finished.size() > 1) {
      return Last.of(failure, answer.completion(ended, finished));
    }
    if (failure != null && !begun) {
      return answer.refused(ended, failure, generated ? message(0) : null);
    }
    byte[] body =
        failure != null && !generated
            ? answer.failure(ended, failure, null)
            : answer.completion(ended, finished);
    return Last.good(mediaType(), body);
  }

  private Wire.Choice choice(Signal.Finished end) {
    Parts of = parts(end.choice());
    return new Wire.Choice(
        end.choice(),
        Answer.finishReason(end),
        message(end.choice()),
        LogprobWriter.of(new Signal.Logprobs(of.reasoningTokens, of.answerTokens)));
  }

  private Wire.Message message(int choice) {
    Parts of = parts(choice);
    var calls = new ArrayList<Wire.CallPart>();
    for (int i = 0; i < of.names.size(); i++) {
      calls.add(
          new Wire.CallPart(
              null,
              answer.callId(choice, i),
              "function",
              new Wire.Function(of.names.get(i), of.arguments.get(i).toString())));
    }
    String content = of.content.toString();
    return new Wire.Message(
        "assistant",
        of.reasoning.toString(),
        content.isEmpty() && !calls.isEmpty() ? null : content,
        calls.isEmpty() ? null : calls);
  }

  private Parts parts(int choice) {
    return parts.computeIfAbsent(choice, _ -> new Parts());
  }
}
