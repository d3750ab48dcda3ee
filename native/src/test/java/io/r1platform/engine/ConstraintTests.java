package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random weights know no JSON: what comes out right is right by the constraint alone. */
@Timeout(120)
class ConstraintTests {
  private static final int[] PROMPT = {0, 3, 48, 4, 14};
  private static final String ANSWER =
      """
      {"type": "object", "title": "an answer", "additionalProperties": false,
       "properties": {"sure": {"type": "boolean"},
                      "word": {"enum": ["yes", "no", null, 12]},
                      "code": {"type": "string", "maxLength": 5},
                      "list": {"type": "array", "items": {"$ref": "#/$defs/one"}, "maxItems": 2}},
       "required": ["sure", "list"],
       "$defs": {"one": {"anyOf": [{"const": {"a": 1}}, {"type": ["null", "boolean"]}]}}}
      """;
  private static Engine engine;
  private static long lastId;

  @BeforeAll
  static void open() {
    engine = Fixture.open();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Generated run(Constraint constraint, float temperature, long seed) {
    engine.submit(
        GenerationRequest.greedy(++lastId, PROMPT, 400)
            .withSampling(Sampling.of(temperature, 1, seed))
            .withConstraint(constraint));
    return Generated.one(engine, lastId);
  }

  /** The text without the end token. */
  private static String text(Generated generated) {
    assertThat(generated.reason).isEqualTo(FinishReason.END);
    int[] ids =
        generated.ids.subList(0, generated.ids.size() - 1).stream()
            .mapToInt(Integer::intValue)
            .toArray();
    return new String(engine.detokenize(ids), StandardCharsets.UTF_8);
  }

  @Test
  void whatASchemaDescribesIsWhatComes() {
    for (long seed = 0; seed < 30; seed++) {
      String text = text(run(new Constraint.JsonSchema(ANSWER), (float) (seed % 3), seed));
      Map<?, ?> answer = Json.read(text) instanceof Map<?, ?> map ? map : Map.of();
      assertThat(answer.get("sure")).isInstanceOf(Boolean.class);
      assertThat((List<?>) answer.get("list"))
          .hasSizeLessThanOrEqualTo(2)
          .allSatisfy(
              item -> assertThat(Json.write(item)).isIn("{\"a\":1}", "null", "true", "false"));
      if (answer.get("word") instanceof String word) {
        assertThat(word).isIn("yes", "no");
      }
      if (answer.get("code") instanceof String code) {
        assertThat(code.codePointCount(0, code.length())).isLessThanOrEqualTo(5);
      }
      assertThat(List.of("sure", "word", "code", "list")).containsAll(keys(answer));
    }
    assertThat(engine.stats().drawsRejected()).isPositive();
  }

  /** As a tool call is: a name, then arguments of that tool's schema, each with its own $refs. */
  @Test
  void oneOfSeveralFramedSchemasComes() {
    String schema = "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"const\":%s}}}";
    var framed =
        new Constraint.Framed(
            List.of(
                new Constraint.Framed.Alternative("one:\n", schema.formatted("1"), ";"),
                new Constraint.Framed.Alternative("two:\n", schema.formatted("[2]"), ";")));
    for (long seed = 0; seed < 10; seed++) {
      assertThat(text(run(framed, 1, seed))).isIn("one:\n1;", "two:\n[2];");
    }
  }

  private static List<String> keys(Map<?, ?> map) {
    return map.keySet().stream().map(String::valueOf).toList();
  }

  /** It may go on until maxTokens, but no way back is left open to it. */
  @Test
  void anyJsonObjectIsOneOrItsBeginning() {
    int ended = 0;
    for (long seed = 0; seed < 20; seed++) {
      Generated generated = run(new Constraint.JsonObject(), 1, seed);
      String text = generated.text.toString(StandardCharsets.UTF_8).stripLeading();
      assertThat(text).startsWith("{");
      if (generated.reason == FinishReason.END) {
        assertThat(Json.read(text(generated))).isInstanceOf(Map.class);
        ended++;
      }
    }
    assertThat(ended).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a-c]{3}-\\d{2}",
        "^(?:yes|no)( \\w{1,9}){0,2}$",
        "가[나-다]?é{1,4}?x\\.\\u0041",
        "[^\\n-\\ud7ff]{2}|q",
        "\\[\\]\\\\[\\]^-]",
        "(a|b|)c{2,3}"
      })
  void whatARegexMatchesIsWhatComes(String regex) {
    for (long seed = 0; seed < 10; seed++) {
      String text = text(run(new Constraint.Regex(regex), 1, seed));
      assertThat(text).matches("(?s)" + regex);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?=a)",
        "a\\b",
        "\\1",
        "a++",
        "(a",
        "a)",
        "[a",
        "a{2",
        "[[:alpha:]]",
        "*",
        "a$b",
        "a\\"
      })
  void aRegexThatIsNotUnderstoodIsRefused(String regex) {
    assertThatThrownBy(() -> run(new Constraint.Regex(regex), 0, 0))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.UNSUPPORTED))
        .hasMessageContaining("unsupported_regex");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"string\",\"pattern\":\"a\"}",
        "{\"oneOf\":[{\"type\":\"null\"}]}",
        "{\"type\":\"integer\",\"minimum\":3}",
        "{\"type\":\"string\",\"format\":\"date\"}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"not\":{}}}}",
        "{\"type\":\"array\",\"maxItems\":5000}",
        "{\"$ref\":\"https://example.com/s\"}",
        "{\"type\":\"thing\"}",
        "{\"type\":null}",
        "{\"type\":\"thing\",\"const\":1}"
      })
  void aKeywordThatIsNotUnderstoodIsUnsupported(String schema) {
    assertThatThrownBy(() -> run(new Constraint.JsonSchema(schema), 0, 0))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.UNSUPPORTED))
        .hasMessageContaining("unsupported_schema");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\":1,}",
        "[1]",
        "{\"type\":\"object\"} x",
        "{\"enum\":[]}",
        "{\"$ref\":\"#/none\"}",
        "{\"$ref\":\"#\"}",
        "{\"type\":\"string\",\"minLength\":-1}",
        "{\"type\":\"string\",\"minLength\":null}",
        "{\"type\":\"object\",\"additionalProperties\":null}",
        "{\"type\":\"object\",\"additionalProperties\":3}",
        "{\"type\":\"array\",\"minItems\":1,\"maxItems\":0}",
        "{\"type\":\"array\",\"minItems\":3,\"maxItems\":2}",
        "{\"type\":\"string\",\"enum\":[1,null]}",
        "{\"type\":[\"integer\",\"null\"],\"const\":1.5}",
        "{\"type\":\"string\",\"minLength\":3,\"maxLength\":2}"
      })
  void aSchemaThatIsNoneIsInvalid(String schema) {
    assertThatThrownBy(() -> run(new Constraint.JsonSchema(schema), 0, 0))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.INVALID));
  }

  @Test
  void aChoiceIsOfTheTypeBesideIt() {
    String schema = "{\"type\":[\"integer\",\"boolean\"],\"enum\":[\"a\",1.5,2.0,null,{},[],true]}";
    for (long seed = 0; seed < 20; seed++) {
      assertThat(text(run(new Constraint.JsonSchema(schema), 2, seed)).strip()).isIn("2.0", "true");
    }
  }

  /** An escape of half a pair counts as no character. */
  @Test
  void noEscapeIsHalfASurrogatePair() {
    Map<Integer, Float> bias = new HashMap<>();
    for (String likely : List.of("\\", "u", "d", "8")) {
      bias.put(engine.tokenize(likely)[0], 50f);
    }
    Constraint one =
        new Constraint.JsonSchema("{\"type\":\"string\",\"minLength\":1,\"maxLength\":1}");
    int near = 0;
    for (long seed = 0; seed < 200; seed++) {
      engine.submit(
          GenerationRequest.greedy(++lastId, PROMPT, 50)
              .withSampling(Sampling.of(1, 1, seed).withBias(bias))
              .withConstraint(one));
      String text = text(Generated.one(engine, lastId)).strip();
      near += text.startsWith("\"\\ud") ? 1 : 0;
      assertThat(Json.read(text))
          .isInstanceOfSatisfying(
              String.class, c -> assertThat(Character.isSurrogate(c.charAt(0))).isFalse());
    }
    assertThat(near).as("how often only the second digit kept it from half a pair").isPositive();
  }

  @Test
  void aTextThatWouldEndEarlyIsRefused() {
    assertThatThrownBy(() -> new Constraint.Regex("a\0b")).hasMessageContaining("U+0000");
    assertThatThrownBy(() -> new Constraint.JsonSchema("{}\0")).hasMessageContaining("U+0000");
    assertThatThrownBy(() -> new Constraint.Grammar("root ::= \"a\"\0")).hasMessageContaining("U+");
    EngineOptions options = EngineOptions.defaults(Fixture.MODEL);
    assertThatThrownBy(() -> options.withBackendJson("{\0}")).hasMessageContaining("U+0000");
  }

  @Test
  void deepNestingIsRefusedNotFollowed() {
    String deep = "{\"items\":".repeat(5_000) + "true" + "}".repeat(5_000);
    assertThatThrownBy(() -> run(new Constraint.JsonSchema(deep), 0, 0))
        .hasMessageContaining("not JSON");
    assertThatThrownBy(() -> run(new Constraint.Regex("(".repeat(9_000)), 0, 0))
        .hasMessageContaining("nested");
    assertThatThrownBy(() -> run(new Constraint.Grammar("root ::= " + "(".repeat(9_000)), 0, 0))
        .hasMessageContaining("nested");
  }

  /** Two names would be two translations of all that is below: 2 to the 40th of the innermost. */
  @Test
  @Timeout(20)
  void aTypeNamedTwiceIsRefusedNotFollowed() {
    String twice =
        "{\"type\":[\"array\",\"array\"],\"items\":".repeat(40) + "true" + "}".repeat(40);
    assertThatThrownBy(() -> run(new Constraint.JsonSchema(twice), 0, 0))
        .hasMessageContaining("type names array twice");
  }

  /** References are as deep as there are definitions, however shallow the text. */
  @Test
  void aLongChainOfReferencesIsRefusedNotFollowed() {
    var chain = new StringBuilder("{\"$ref\":\"#/$defs/0\",\"$defs\":{");
    for (int i = 0; i < 1_500; i++) {
      chain.append("\"%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/%d\"}]},".formatted(i, i + 1));
    }
    chain.append("\"1500\":true}}");
    assertThatThrownBy(() -> run(new Constraint.JsonSchema(chain.toString()), 0, 0))
        .hasMessageContaining("nesting deeper than 64");
  }

  /** The item comes twice in the grammar. */
  @Test
  void aSchemaWhoseGrammarIsTooLargeIsRefused() {
    String many = "[" + "\"%s\",".formatted("x".repeat(500)).repeat(120) + "1]";
    String wide = "{\"type\":\"array\",\"items\":{\"const\":" + many + "}}";
    assertThatThrownBy(() -> run(new Constraint.JsonSchema(wide), 0, 0))
        .hasMessageContaining("a grammar of more than 64 KiB");
  }

  @Test
  void aBrokenGrammarIsInvalidAndTakesNoPlace() {
    EngineStats before = engine.stats();
    assertThatThrownBy(() -> run(new Constraint.Grammar("root ::= other"), 0, 0))
        .hasMessageContaining("INVALID: the grammar is refused: there is no rule other");
    assertThat(engine.stats().running()).isEqualTo(before.running());
  }

  /** The reasoning is free, the marker comes by a bias, and the answer obeys. */
  @Test
  void schemaConstrainsOnlyTheAnswer() {
    int close = engine.model().thinkCloseId();
    for (long seed = 0; seed < 5; seed++) {
      Sampling sampling = Sampling.of(1, 1, seed).withBias(Map.of(close, 4f));
      engine.submit(
          GenerationRequest.greedy(++lastId, PROMPT, 400)
              .withSampling(sampling)
              .ignoringEnd()
              .withConstraint(new Constraint.Regex("[a-c]{3}"), close));
      Generated generated = Generated.one(engine, lastId);
      int at = generated.ids.indexOf(close);
      assertThat(at).isNotNegative();
      List<Integer> rest = generated.ids.subList(at + 1, generated.ids.size());
      int end = rest.indexOf(engine.model().endIds().getFirst());
      int[] answer = rest.subList(0, end).stream().mapToInt(Integer::intValue).toArray();
      assertThat(new String(engine.detokenize(answer), StandardCharsets.UTF_8)).matches("[a-c]{3}");
      assertThat(rest.subList(end, rest.size())).containsOnly(engine.model().endIds().getFirst());
    }
  }

  @Test
  void minTokensYieldToAConstraintThatEnds() {
    engine.submit(
        GenerationRequest.greedy(++lastId, PROMPT, 100)
            .withMinTokens(50)
            .withConstraint(new Constraint.Regex("ab")));
    assertThat(text(Generated.one(engine, lastId))).isEqualTo("ab");
  }

  /** No token begins with this byte alone, so nothing is allowed. */
  @Test
  void whatTheVocabularyCannotSayEndsOnlyItsRequest() {
    Generated generated = run(new Constraint.Grammar("root ::= []"), 0, 0);
    assertThat(generated.status).isEqualTo(EngineStatus.REQUEST);
    engine.submit(GenerationRequest.greedy(++lastId, PROMPT, 5).ignoringEnd());
    assertThat(Generated.one(engine, lastId).outputTokens).isEqualTo(5);
  }
}
