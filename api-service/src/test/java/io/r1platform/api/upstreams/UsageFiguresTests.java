package io.r1platform.api.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.prices.Tokens;
import io.r1platform.api.upstreams.UsageFigures.Bounds;
import io.r1platform.api.upstreams.UsageFigures.Part;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UsageFiguresTests {
  private static final List<Part> PARTS = List.of(Part.NONE, Part.REASONING, Part.ANSWER);

  private static JsonNode usage(int prompt, int output) {
    return JsonMapper.shared()
        .readTree(
            "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
                .formatted(prompt, output, prompt + output));
  }

  /**
   * Whatever a server says, the charge never falls, never passes the bounds, and stays put once
   * wrong.
   */
  @Test
  void noSequenceOfFiguresChargesMoreThanTheBounds() {
    var random = new Random(42);
    for (int round = 0; round < 20_000; round++) {
      var bounds = new Bounds(50, 40, 1);
      var figures = new UsageFigures(bounds);
      int before = 0;
      Tokens frozen = null;
      for (int n = 0; n < 12; n++) {
        Part part = PARTS.get(random.nextInt(PARTS.size()));
        JsonNode usage =
            random.nextInt(8) == 0
                ? null
                : usage(random.nextInt(6) == 0 ? random.nextInt(80) : 12, random.nextInt(60) - 3);
        figures.event(0, part, random.nextInt(20), usage);
        Tokens now = figures.tokens();
        assertThat(now.output()).isBetween(before, 40);
        assertThat(now.input()).isBetween(0, 50);
        before = now.output();
        if (frozen != null) {
          assertThat(now.output()).isEqualTo(frozen.output());
          assertThat(now.input()).isEqualTo(frozen.input());
        }
        frozen = figures.doubt() == null ? null : now;
      }
    }
  }

  @Test
  void reasoningEndsWithTheLastEventOfReasoningAlone() {
    var figures = new UsageFigures(new Bounds(100, 100, 1));
    figures.event(0, Part.NONE, 0, usage(12, 0));
    figures.event(0, Part.REASONING, 10, usage(12, 4));
    assertThat(figures.tokens()).isEqualTo(new Tokens(0, 12, 4, 0));
    figures.event(0, Part.ANSWER, 10, usage(12, 6));
    figures.event(0, Part.ANSWER, 10, usage(12, 9));
    assertThat(figures.tokens()).isEqualTo(new Tokens(0, 12, 4, 5));
  }

  /** What ends within the reasoning is reasoning, with its last tokens too. */
  @Test
  void answerThatNeverCameIsReasoning() {
    var figures = new UsageFigures(new Bounds(100, 100, 1));
    figures.event(0, Part.REASONING, 10, usage(12, 4));
    figures.event(0, Part.NONE, 0, usage(12, 5));
    figures.last(usage(12, 5));
    figures.end(true);
    assertThat(figures.tokens()).isEqualTo(new Tokens(0, 12, 5, 0));
    assertThat(figures.doubt()).isNull();
    assertThat(figures.isFinal()).isTrue();
  }

  /** Servers state each choice alone: until the whole is told, no more than the largest counts. */
  @Test
  void choicesAreNotAddedUp() {
    var figures = new UsageFigures(new Bounds(100, 100, 2));
    figures.event(0, Part.ANSWER, 10, usage(12, 4));
    figures.event(1, Part.ANSWER, 10, usage(12, 2));
    figures.event(0, Part.ANSWER, 10, usage(12, 6));
    figures.event(1, Part.ANSWER, 10, usage(12, 5));
    assertThat(figures.doubt()).isNull();
    assertThat(figures.tokens()).isEqualTo(new Tokens(0, 12, 0, 6));
    figures.last(usage(12, 11));
    figures.end(true);
    assertThat(figures.tokens()).isEqualTo(new Tokens(0, 12, 0, 11));
    assertThat(figures.doubt()).isNull();
  }

  @Test
  void killedAnswerIsNoDoubtWhileEveryTextHadItsFigure() {
    var figures = new UsageFigures(new Bounds(100, 100, 1));
    figures.event(0, Part.ANSWER, 10, usage(12, 4));
    figures.end(false);
    assertThat(figures.doubt()).isNull();
    assertThat(figures.isFinal()).isFalse();
  }
}
