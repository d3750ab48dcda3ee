package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTests {
  private static Engine engine;

  @BeforeAll
  static void open() {
    engine = Fixture.open();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"What is 347 + 589?", "한국어 347 - 12는?", "🙂 a\u0000b", "  \n\t ", ""})
  void textSurvivesTokenizingAndBack(String text) {
    byte[] back = engine.detokenize(engine.tokenize(text));
    assertThat(new String(back, StandardCharsets.UTF_8)).isEqualTo(text);
  }

  @Test
  void markersInTextStayText() {
    assertThat(engine.tokenId("<think>")).isEqualTo(engine.model().thinkOpenId());
    assertThat(engine.tokenize("<think></think><｜User｜>"))
        .doesNotContain(
            engine.model().thinkOpenId(),
            engine.model().thinkCloseId(),
            engine.tokenId("<｜User｜>"));
  }

  @Test
  void onlyMarkersAreFoundByPiece() {
    assertThat(engine.tokenId("<｜User｜>")).isEqualTo(3);
    assertThat(engine.tokenId("a")).isEqualTo(-1);
    assertThat(engine.tokenId("")).isEqualTo(-1);
  }

  /** Each of them, 5,000 times, overflowed a stack of 1 MiB inside llama.cpp. */
  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "7", "\n", "가", "!", "🙂", "\u0301", "\r\n ", "一"})
  void longRunsOfOneThingNeitherCrashNorLoseText(String thing) {
    String text = thing.repeat(100_000);
    byte[] back = engine.detokenize(engine.tokenize(text));
    assertThat(new String(back, StandardCharsets.UTF_8).equals(text)).isTrue();
  }

  @Test
  void longTextHasTheSameTokensAsItsLines() {
    String line = "The sum of 347 and 589 is 936, 그리고 the rest is written out.\n";
    int[] one = engine.tokenize(line);
    int[] many = engine.tokenize(line.repeat(4_000));
    assertThat(many).hasSize(4_000 * one.length);
    assertThat(Arrays.copyOfRange(many, 3_999 * one.length, many.length)).isEqualTo(one);
  }

  @Test
  void twoMebibytesOfOneWordAreTokenized() {
    byte[] text = new byte[2 << 20];
    Arrays.fill(text, (byte) 'x');
    assertThat(engine.detokenize(engine.tokenize(text))).isEqualTo(text);
  }

  @Test
  void moreThanTwoMebibytesAreRefused() {
    assertThatThrownBy(() -> engine.tokenize(new byte[(2 << 20) + 1]))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.TOO_LARGE));
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    for (String bytes : List.of("80", "c0af", "eda080", "f4908080", "e282", "61ff")) {
      byte[] text = HexFormat.of().parseHex(bytes);
      assertThatThrownBy(() -> engine.tokenize(text))
          .as(bytes)
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.INVALID));
    }
  }

  @Test
  void randomCharactersComeBackAsTheyWere() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      String text =
          random
              .ints(random.nextInt(100), 1, 0x10ffff)
              .filter(c -> c < 0xd800 || c > 0xdfff)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      byte[] back = engine.detokenize(engine.tokenize(text));
      assertThat(new String(back, StandardCharsets.UTF_8)).isEqualTo(text);
    }
  }

  @Test
  void unknownIdsAreRefused() {
    assertThatThrownBy(() -> engine.detokenize(new int[] {1024}))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("1024");
  }
}
