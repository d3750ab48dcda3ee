package io.r1platform.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ToolCallTests {
  private static final int TEXT = 1_000;

  private final PrintedVocabulary vocabulary = new PrintedVocabulary();
  private final R1Template template = new R1Template(vocabulary::markerId, vocabulary::tokenize);
  private final StringBuilder content = new StringBuilder();
  private final List<String> names = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();

  private OutputText output(ToolUse.Form form, boolean onlyOne, String... tools) {
    var use =
        new ToolUse(
            List.of(tools).stream().map(name -> new Tool(name, null, "{}")).toList(),
            form,
            onlyOne);
    return template.output(List.of(), use);
  }

  private void take(OutputText.Text text) {
    content.append(text.answer());
    for (CallDelta call : text.calls()) {
      if (call.name() != null) {
        names.add(call.name());
        arguments.add("");
      }
      arguments.set(call.index(), arguments.get(call.index()) + call.arguments());
    }
  }

  /** Markers by their ids, everything else in pieces of one or two characters. */
  private void run(OutputText output, String text) {
    var random = new Random(7);
    take(output.accept(template.thinkCloseId(), false, new byte[0]));
    int at = 0;
    while (at < text.length()) {
      String rest = text.substring(at);
      String marker =
          PrintedVocabulary.MARKERS.stream().filter(rest::startsWith).findFirst().orElse("");
      String piece =
          marker.isEmpty()
              ? rest.substring(0, Math.min(rest.length(), 1 + random.nextInt(2)))
              : marker;
      if (marker.isEmpty() && piece.indexOf('<') > 0) {
        piece = piece.substring(0, 1);
      }
      int id = marker.isEmpty() ? TEXT : vocabulary.markerId(marker);
      take(output.accept(id, marker.isEmpty(), piece.getBytes(StandardCharsets.UTF_8)));
      at += piece.length();
    }
    take(output.finish());
  }

  private static String call(String name, String json) {
    return "<｜tool▁call▁begin｜>function<｜tool▁sep｜>"
        + name
        + "\n```json\n"
        + json
        + "\n```<｜tool▁call▁end｜>";
  }

  private static String calls(String... each) {
    return "<｜tool▁calls▁begin｜>" + String.join("\n", each) + "<｜tool▁calls▁end｜>";
  }

  @Test
  void callsAreFoundByTheirMarkers() {
    run(
        output(ToolUse.Form.MARKED, false, "f", "g"),
        "\n\nI look.\n" + calls(call("f", "{\"a\": [1, \"}\"]}"), call("g", "{}")));

    assertThat(names).containsExactly("f", "g");
    assertThat(arguments).containsExactly("{\"a\": [1, \"}\"]}", "{}");
    assertThat(content).hasToString("I look.\n");
  }

  @Test
  void badJsonAndUnknownToolsStayContent() {
    String bad = call("f", "{\"a\": }");
    String unknown = call("h", "{}");
    run(output(ToolUse.Form.MARKED, false, "f"), calls(bad, call("f", "{}"), unknown));

    assertThat(names).containsExactly("f");
    assertThat(content).hasToString(bad + unknown);
  }

  @Test
  void aCallThatEndsWithTheOutputIsOne() {
    run(
        output(ToolUse.Form.MARKED, true, "f"),
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{}\n```");

    assertThat(names).containsExactly("f");
    assertThat(content).isEmpty();
  }

  @Test
  void afterTheOnlyCallThatIsWantedNothingMoreIs() {
    OutputText output = output(ToolUse.Form.MARKED, true, "f");
    run(output, calls(call("f", "{}")));

    assertThat(output.stopped()).isTrue();
  }

  @Test
  void listedCallsGoOnAsTheyCome() {
    run(
        output(ToolUse.Form.LISTED, false, "f", "g"),
        " [ {\"name\" : \"f\", \"arguments\": {\"a\": \"}\\\"{\"}} ,"
            + "{\"name\":\"g\",\"arguments\":{\"b\":{}}}]");

    assertThat(names).containsExactly("f", "g");
    assertThat(arguments).containsExactly("{\"a\": \"}\\\"{\"}", "{\"b\":{}}");
    assertThat(content).isEmpty();
  }

  @Test
  void theAnswerOfANamedToolIsItsArguments() {
    run(output(ToolUse.Form.NAMED, true, "f"), "\n{\"a\": 1}");

    assertThat(names).containsExactly("f");
    assertThat(arguments).containsExactly("{\"a\": 1}");
    assertThat(content).isEmpty();
  }
}
