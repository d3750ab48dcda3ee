package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;

/** Writes one JSON object at the end; empty lines, which JSON allows, while a client waits. */
final class JsonWriter implements AnswerWriter {
  private static final byte[] NOTHING = new byte[0];

  private final Answer answer;
  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder content = new StringBuilder();

  JsonWriter(Answer answer) {
    this.answer = answer;
  }

  @Override
  public MediaType mediaType() {
    return MediaType.APPLICATION_JSON;
  }

  @Override
  public byte[] delta(Signal.Delta delta) {
    reasoning.append(delta.text().reasoning());
    content.append(delta.text().answer());
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
    ServiceException failure = ended.failure();
    var message = new Wire.Message("assistant", reasoning.toString(), content.toString());
    boolean generated = ended.usage().output() > 0;
    if (failure != null && !begun) {
      return answer.refused(ended, failure, generated ? message : null);
    }
    byte[] body =
        failure != null && !generated
            ? answer.failure(ended, failure, null)
            : answer.completion(ended, message);
    return new Last(200, mediaType(), body);
  }
}
