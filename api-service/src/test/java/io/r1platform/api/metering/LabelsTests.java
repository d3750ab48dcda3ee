package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTests {
  /** A control character takes six bytes of JSON, an emoji four of UTF-8. */
  @ParameterizedTest
  @ValueSource(strings = {"\u0001", "\uD83D\uDE00", "\\"})
  void theLargestThatTheApiTakesAreWritten(String character) {
    var metadata = new LinkedHashMap<String, String>();
    for (char pair = 'a'; pair < 'a' + 16; pair++) {
      metadata.put(character.repeat(63) + pair, character.repeat(512));
    }
    var labels = new Labels("\\".repeat(512), character.repeat(512), metadata);
    byte[] bytes = labels.bytes();
    assertThat(bytes.length).isBetween(9_000, Labels.MOST_BYTES);
    assertThat(Labels.read(bytes)).isEqualTo(labels);
  }

  @Test
  void whatIsTooLongIsLeftOut() {
    var labels = new Labels("r", null, Map.of("k", "v".repeat(Labels.MOST_BYTES)));
    assertThat(labels.bytes()).isEmpty();
  }
}
