package io.r1platform.api.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tenant API against what the last release promised, which is in {@code docs/openapi}. */
class ApiChangesTests {
  private static final Path RELEASES = Path.of("../docs/openapi");
  private static final Path NOW = Path.of("src/main/resources/openapi.json");

  @Test
  void nothingIsTakenFromClientsOfTheLastRelease() throws IOException {
    assertThat(ApiChanges.breaking(read(lastRelease()), read(NOW)))
        .as("docs/decisions/0023 says what to do")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          an operation gone | /paths/~1v1~1quotes | post |
          a member of an answer gone | Balance/properties | held |
          a member no longer certain | DeepSeekBalance | required | ["balance_infos"]
          a member of another type | DeepSeekBalance/properties/is_available | type | "string"
          an integer is a string | Count | type | "string"
          a member or null | DeepSeekBalance/properties/is_available | type | ["boolean", "null"]
          a constant changed | Balance/properties/object | const | "money"
          a truth changed | FileDeleted/properties/deleted | const | false
          one more reason to finish | FinishReason | enum | ["stop","length","tool_calls","insufficient_system_resource","bored"]
          another shape of money | Money | pattern | "^[0-9]+$"
          a header gone | /components/responses/Error/headers | x-should-retry |
          a field gone | ChatRequest/properties | seed |
          a field that must be there | ChatRequest | required | ["model", "messages", "user"]
          a field's type narrowed | ChatRequest/properties/user | type | "string"
          a field of another type | ChatRequest/properties/user | type | ["integer", "null"]
          a bound narrowed | ChatRequest/properties/temperature | maximum | 1
          a list's first bound | ChatRequest/properties/messages | maxItems | 4
          a list not empty any more | ChatRequest/properties/tools | minItems | 1
          an unknown field refused | ChatRequest | additionalProperties | false
          a choice gone | BatchRequest/properties/endpoint | enum | ["/v1/completions"]
          a parameter that must be there | /components/parameters/EndTime | required | true
          parameters gone | /paths/~1v1~1usage/get | parameters | []
          another scope | /paths/~1v1~1models/get | security | [{"key": ["admin"]}]
          """)
  void findsWhatWouldBreakAClient(String what, String at, String member, @Nullable String value)
      throws IOException {
    JsonNode before = read(NOW);
    assertThat(ApiChanges.breaking(before, changed(before, at, member, value)))
        .as(what)
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          nothing | /info | title | "R1"
          an operation | /paths | /v1/more | {"get":{"responses":{"200":{"description":"More"}}}}
          one more field | ChatRequest/properties | more | {"type": "string"}
          one more member | Balance/properties | more | {"type": "string"}
          a member that is sure | Request/properties/model | type | "string"
          a field or null | BatchRequest/properties/input_file_id | type | ["string", "null"]
          a bound widened | ChatRequest/properties/temperature | maximum | 3
          a longer list | ChatRequest/properties/tools | maxItems | 256
          one more field of a closed request | ExportRequest/properties | more | {"type": "string"}
          one more error code | ErrorCode | enum | ["something_new"]
          other words | ChatRequest/properties/model | description | "A name"
          """)
  void letsTheApiGrow(String what, String at, String member, String value) throws IOException {
    JsonNode before = read(NOW);
    assertThat(ApiChanges.breaking(before, changed(before, at, member, value))).as(what).isEmpty();
  }

  /**
   * With a member set to a JSON value, or without it where there is no value.
   *
   * @param at where it is: a pointer, or the path from a schema's name on
   */
  private static JsonNode changed(
      JsonNode before, String at, String member, @Nullable String value) {
    JsonNode after = before.deepCopy();
    JsonNode place = after.at(at.startsWith("/") ? at : "/components/schemas/" + at);
    assertThat(place.isObject()).as(at).isTrue();
    ObjectNode object = (ObjectNode) place;
    if (value == null) {
      assertThat(object.remove(member)).as(member).isNotNull();
    } else {
      object.set(member, JsonMapper.shared().readTree(value));
    }
    return after;
  }

  private static Path lastRelease() throws IOException {
    try (Stream<Path> files = Files.list(RELEASES)) {
      List<Path> releases =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .sorted(Comparator.comparing(ApiChangesTests::version))
              .toList();
      assertThat(releases).isNotEmpty();
      return releases.getLast();
    }
  }

  private static Runtime.Version version(Path release) {
    return Runtime.Version.parse(release.getFileName().toString().replace(".json", ""));
  }

  private static JsonNode read(Path description) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(description));
  }
}
