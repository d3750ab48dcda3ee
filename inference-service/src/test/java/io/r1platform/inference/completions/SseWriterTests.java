package io.r1platform.inference.completions;

import static io.r1platform.inference.completions.Answers.content;
import static io.r1platform.inference.completions.Answers.ended;
import static io.r1platform.inference.completions.Answers.reasoning;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Finish;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SseWriterTests {
  private final SseWriter writer = new SseWriter(Answers.answer(), 17);
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  private String sent() {
    return sent.toString(StandardCharsets.UTF_8);
  }

  /** Whoever counts from a stream that breaks later must know the prompt. */
  @Test
  void thePromptIsToldThoughTheFirstEventIsTheEndOfAChoice() {
    sent.writeBytes(writer.silence());
    Ended end = ended(Finish.STOP, 0, 1, null);
    sent.writeBytes(
        writer.finished(new Signal.Finished(1, 1, end, 0, false, Signal.Logprobs.NONE, 7)));
    sent.writeBytes(writer.delta(content(2, 1, "9")));
    assertThat(sent()).containsOnlyOnce(": prompt_tokens=7,10\n");
  }

  @Test
  void aStreamLooksAsDocumented() throws IOException {
    sent.writeBytes(writer.silence());
    sent.writeBytes(writer.delta(reasoning(1, "We \"add\"")));
    sent.writeBytes(writer.silence());
    sent.writeBytes(writer.delta(content(4, 3, "936")));
    sent.writeBytes(writer.end(new Signal.End(ended(Finish.STOP, 3, 5, null)), true).bytes());

    try (InputStream in = getClass().getResourceAsStream("/completions/stream.txt")) {
      assertThat(sent())
          .isEqualTo(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void reasoningThatEndedWithoutAnAnswerIsToldWithTheFinish() {
    sent.writeBytes(writer.delta(reasoning(1, "We")));
    sent.writeBytes(writer.end(new Signal.End(ended(Finish.STOP, 2, 3, null)), true).bytes());

    assertThat(sent()).contains(": reasoning_tokens=2\nid: 3\ndata: ");
  }

  @Test
  void reasoningThatWasCutIsNotToldToHaveEnded() {
    sent.writeBytes(writer.delta(reasoning(1, "We")));
    sent.writeBytes(writer.end(new Signal.End(ended(Finish.LENGTH, 3, 3, null)), true).bytes());

    assertThat(sent()).doesNotContain("reasoning_tokens=");
    assertThat(sent()).contains("\"finish_reason\":\"length\"");
  }

  @Test
  void aFailureAfterTextIsTheLastEventWithUsage() {
    sent.writeBytes(writer.delta(reasoning(1, "We")));
    var failure = ServiceException.of(ErrorCode.ENGINE_FAILED, "The engine failed.");
    sent.writeBytes(writer.end(new Signal.End(ended(Finish.ERROR, 2, 2, failure)), true).bytes());

    assertThat(sent())
        .contains("\"code\":\"engine_failed\"")
        .contains("\"completion_tokens\":2")
        .contains("\"finish\":\"error\"")
        .doesNotContain("[DONE]");
  }

  @Test
  void aFailureBeforeAnyByteHasItsStatus() {
    var failure = ServiceException.of(ErrorCode.QUEUE_TIMEOUT, "It waited too long.");

    AnswerWriter.Last last =
        writer.end(new Signal.End(ended(Finish.DEADLINE, 0, 0, failure)), false);

    assertThat(last.status()).isEqualTo(504);
    assertThat(last.mediaType().toString()).isEqualTo("application/json");
    assertThat(new String(last.bytes(), StandardCharsets.UTF_8)).contains("queue_timeout");
  }

  @Test
  void afterTheFirstIdEveryBlankLineEndsABlockWithData() {
    var random = new Random(20_261_122);
    for (int round = 0; round < 300; round++) {
      var stream = new SseWriter(Answers.answer(), 17);
      var bytes = new ByteArrayOutputStream();
      int tokens = 0;
      boolean fails = random.nextInt(4) == 0;
      for (int step = random.nextInt(20); step >= 0; step--) {
        switch (random.nextInt(3)) {
          case 0 -> bytes.writeBytes(stream.silence());
          case 1 -> bytes.writeBytes(stream.delta(reasoning(++tokens, "a\n\nb\r\n")));
          default -> bytes.writeBytes(stream.delta(content(++tokens, 1, "c\n\nid: 7\n\n")));
        }
      }
      var failure = fails ? ServiceException.of(ErrorCode.INTERNAL_ERROR, "x\n\ny") : null;
      var end = new Signal.End(ended(Finish.STOP, 1, tokens + 1, failure));
      bytes.writeBytes(stream.end(end, true).bytes());

      assertBlankLinesEndData(bytes.toString(StandardCharsets.UTF_8));
    }
  }

  private static void assertBlankLinesEndData(String stream) {
    assertThat(stream).endsWith("\n\n");
    boolean idSeen = false;
    boolean dataInBlock = false;
    for (String line : stream.substring(0, stream.length() - 1).split("\n", -1)) {
      if (line.isEmpty()) {
        assertThat(!idSeen || dataInBlock).as("a blank line without data in %s", stream).isTrue();
        dataInBlock = false;
      } else {
        idSeen |= line.startsWith("id: ");
        dataInBlock |= line.startsWith("data: ");
      }
    }
  }
}
