package io.r1platform.api.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.r1platform.api.relay.LineRuns.Endpoint;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class InputLineTests {
  @Test
  void takesTheBodyByteForByteWhateverStandsBeforeIt() throws InputLine.Wrong {
    InputLine line =
        read(
            """
            {"note":"€ 5","url":"/v1/chat/completions", "custom_id":"é-1" ,"method":"POST",
             "body" : { "a":[1,{"b":"}\\"é"}] } ,"more":{"body":1}}
            """);
    assertThat(line.customId()).isEqualTo("é-1");
    assertThat(new String(line.body(), StandardCharsets.UTF_8))
        .isEqualTo("{ \"a\":[1,{\"b\":\"}\\\"é\"}] }");
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(wrong("[]")).isEqualTo("invalid_json null");
    assertThat(wrong("{\"custom_id\":1}")).isEqualTo("invalid_type custom_id");
    assertThat(wrong("{\"custom_id\":\"\"}")).isEqualTo("missing_parameter custom_id");
    assertThat(wrong("{\"custom_id\":\"" + "x".repeat(513) + "\"}"))
        .isEqualTo("invalid_value custom_id");
    String begin = "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\"";
    assertThat(wrong(begin + "}")).isEqualTo("missing_parameter body");
    assertThat(wrong(begin + ",\"body\":[]}")).isEqualTo("invalid_type body");
    assertThat(wrong(begin + ",\"body\":{}} {}")).isEqualTo("invalid_json null");
    assertThat(wrong(begin + ",\"body\":{")).isEqualTo("invalid_json null");
  }

  private static InputLine read(String line) throws InputLine.Wrong {
    return InputLine.read(line.getBytes(StandardCharsets.UTF_8), Endpoint.CHAT);
  }

  private static String wrong(String line) {
    var faults = new StringBuilder();
    assertThatExceptionOfType(InputLine.Wrong.class)
        .isThrownBy(() -> read(line))
        .satisfies(fault -> faults.append(fault.code() + " " + fault.param()));
    return faults.toString();
  }
}
