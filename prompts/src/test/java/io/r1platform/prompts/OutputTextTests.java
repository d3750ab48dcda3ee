package io.r1platform.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OutputTextTests {
  private static final int OPEN = 14;
  private static final int CLOSE = 15;
  private static final int TEXT = 100;
  private static final int END = 1;

  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder answer = new StringBuilder();

  private OutputText output(String... stops) {
    reasoning.setLength(0);
    answer.setLength(0);
    return new OutputText(OPEN, CLOSE, List.of(stops));
  }

  private void take(OutputText.Text text) {
    reasoning.append(text.reasoning());
    answer.append(text.answer());
  }

  private void text(OutputText output, String... pieces) {
    for (String piece : pieces) {
      take(output.accept(TEXT, true, piece.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private void marker(OutputText output, int id) {
    take(output.accept(id, false, "<marker>".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void reasoningIsSplitWhenThePromptOpensThink() {
    OutputText output = output();
    text(output, "We ", "add.", "\n");
    marker(output, CLOSE);
    text(output, "\n\n", "936", ".\n");
    marker(output, END);
    take(output.finish());

    assertThat(reasoning).hasToString("We add.");
    assertThat(answer).hasToString("936.\n");
    assertThat(output.reasoningTokens()).isEqualTo(4);
    assertThat(output.tokens()).isEqualTo(8);
  }

  @Test
  void aModelThatOpensThinkItselfIsUnderstood() {
    OutputText output = output();
    marker(output, OPEN);
    text(output, "\n", "Hm.", "\n\n", "So.");
    marker(output, CLOSE);
    text(output, "Yes");

    assertThat(reasoning).hasToString("Hm.\n\nSo.");
    assertThat(answer).hasToString("Yes");
    assertThat(output.reasoningTokens()).isEqualTo(6);
  }

  @Test
  void outputCutInsideTheReasoningHasNoAnswer() {
    OutputText output = output();
    text(output, "We add", "\n");
    take(output.finish());

    assertThat(reasoning).hasToString("We add\n");
    assertThat(answer).isEmpty();
    assertThat(output.reasoningEnded()).isFalse();
    assertThat(output.reasoningTokens()).isEqualTo(2);
  }

  @Test
  void emojiSplitOverTokensArrivesWhole() {
    byte[] emoji = "🦙".getBytes(StandardCharsets.UTF_8);
    OutputText output = output();
    for (int i = 0; i < 3; i++) {
      assertThat(output.accept(TEXT, true, Arrays.copyOfRange(emoji, i, i + 1)).isEmpty()).isTrue();
    }

    assertThat(output.accept(TEXT, true, Arrays.copyOfRange(emoji, 3, 4)).reasoning())
        .isEqualTo("🦙");
  }

  @Test
  void brokenUtf8BecomesReplacementCharacters() {
    OutputText output = output();
    take(output.accept(TEXT, true, new byte[] {'a', (byte) 0xE2, (byte) 0x82}));
    marker(output, CLOSE);
    take(output.accept(TEXT, true, new byte[] {(byte) 0xFF, 'b', (byte) 0xF0}));
    take(output.finish());

    assertThat(reasoning).hasToString("a\uFFFD");
    assertThat(answer).hasToString("\uFFFDb\uFFFD");
  }

  @Test
  void aStopStringIsFoundAcrossTokensAndNotShown() {
    OutputText output = output("END");
    marker(output, CLOSE);
    text(output, "one E", "N", "D two");

    assertThat(answer).hasToString("one ");
    assertThat(output.stopped()).isTrue();
    text(output, "three");
    take(output.finish());
    assertThat(answer).hasToString("one ");
    assertThat(output.tokens()).isEqualTo(5);
  }

  @Test
  void aStopStringInTheReasoningStopsNothing() {
    OutputText output = output("END");
    text(output, "the END is near");
    marker(output, CLOSE);
    text(output, "fine");
    take(output.finish());

    assertThat(output.stopped()).isFalse();
    assertThat(reasoning).hasToString("the END is near");
    assertThat(answer).hasToString("fine");
  }

  @Test
  void whatOnlyBeganAStopStringIsShownAtTheEnd() {
    OutputText output = output("ENDING", "\n\n\n");
    marker(output, CLOSE);
    text(output, "the END", "I");
    assertThat(answer).hasToString("the ");
    take(output.finish());

    assertThat(answer).hasToString("the ENDI");
  }

  @Test
  void theFirstOfSeveralStopStringsCounts() {
    OutputText output = output("cd", "b");
    marker(output, CLOSE);
    text(output, "abcd");

    assertThat(answer).hasToString("a");
  }

  @Test
  void theDivisionIntoTokensDoesNotMatter() {
    var random = new Random(20_261_122);
    String before = "Größe → 3 🦙\n\nso";
    String after = "x = 9,8 🙂 € END of";
    for (int round = 0; round < 500; round++) {
      OutputText output = output("END");
      pieces(output, random, before + "\n");
      marker(output, CLOSE);
      pieces(output, random, "\n\n" + after);
      take(output.finish());

      assertThat(reasoning).hasToString(before);
      assertThat(answer).hasToString("x = 9,8 🙂 € ");
    }
  }

  private void pieces(OutputText output, Random random, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    while (at < bytes.length) {
      int next = Math.min(bytes.length, at + 1 + random.nextInt(4));
      take(output.accept(TEXT, true, Arrays.copyOfRange(bytes, at, next)));
      at = next;
    }
  }
}
