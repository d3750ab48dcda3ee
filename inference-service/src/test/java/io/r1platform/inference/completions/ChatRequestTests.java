package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.ChatMessage.Role;
import io.r1platform.prompts.R1Template;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatRequestTests {
  private static ChatRequest parse(String json) {
    return ChatRequest.of(Fields.parse(Answers.JSON, json.getBytes(StandardCharsets.UTF_8)));
  }

  private static String with(String more) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]" + more + "}";
  }

  private static ServiceException refusal(String json) {
    return Objects.requireNonNull(
        catchThrowableOfType(ServiceException.class, () -> parse(json)), "not refused: " + json);
  }

  @Test
  void whatIsAbsentGetsR1sDefaults() {
    ChatRequest request = parse(with(""));

    assertThat(request.common().temperature()).isEqualTo(0.6f);
    assertThat(request.common().topP()).isEqualTo(0.95f);
    assertThat(request.common().maxTokens()).isNull();
    assertThat(request.common().seed()).isNull();
    assertThat(request.common().stream()).isFalse();
    assertThat(request.messages()).containsExactly(new ChatMessage(Role.USER, "q"));
  }

  @Test
  void partsDevelopersAndPastReasoningAreUnderstood() {
    ChatRequest request =
        parse(
            """
            {"model":"m","messages":[
              {"role":"developer",
               "content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
              {"role":"assistant","content":null,"reasoning_content":"secret"},
              {"role":"user","content":"q"}]}
            """);

    assertThat(request.messages())
        .containsExactly(
            new ChatMessage(Role.SYSTEM, "ab"),
            new ChatMessage(Role.ASSISTANT, ""),
            new ChatMessage(Role.USER, "q"));
  }

  @Test
  void outputsOfToolsComeInTheOrderOfTheirCalls() {
    ChatRequest request =
        parse(
            """
            {"model":"m","messages":[
              {"role":"user","content":"q"},
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},
                {"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"b","content":"of b"},
              {"role":"tool","tool_call_id":"a","content":"of a"}]}
            """);

    assertThat(request.messages().stream().skip(2))
        .containsExactly(new ChatMessage(Role.TOOL, "of a"), new ChatMessage(Role.TOOL, "of b"));
  }

  @Test
  void unknownFieldsAreNamedAndHarmlessOnesAreNot() {
    assertThat(parse(with(",\"zeta\":1,\"alpha\":{},\"store\":true")).ignored())
        .containsExactly("alpha", "zeta");
  }

  @Test
  void harmlessFormsAreAccepted() {
    ChatRequest request =
        parse(
            with(
                """
                ,"n":1,"tools":[],"logit_bias":{},"presence_penalty":0,"logprobs":false,
                "response_format":{"type":"text"},"service_tier":"auto","reasoning_effort":"high",
                "thinking":{"type":"enabled"},"stop":"x","max_tokens":5,"max_completion_tokens":5
                """));

    assertThat(request.common().stops()).containsExactly("x");
    assertThat(request.common().maxTokens()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ,"n":9                                      | INVALID_VALUE         | n
          ,"tools":[{"type":"function"}]              | MISSING_PARAMETER     | name
          ,"tools":[{"type":"search"}]                | UNSUPPORTED_PARAMETER | tools[0].type
          ,"tool_choice":"required"                   | INVALID_VALUE         | tool_choice
          ,"functions":[]                             | UNSUPPORTED_PARAMETER | functions
          ,"top_logprobs":2                           | INVALID_VALUE         | top_logprobs
          ,"logprobs":true,"top_logprobs":21          | INVALID_VALUE         | top_logprobs
          ,"logit_bias":{"1":200}                     | INVALID_VALUE         | logit_bias
          ,"logit_bias":{"a":2}                       | INVALID_TYPE          | logit_bias
          ,"presence_penalty":2.5                     | INVALID_VALUE         | presence_penalty
          ,"response_format":{"type":"xml"}           | UNSUPPORTED_PARAMETER | response_format
          ,"service_tier":"flex"                      | UNSUPPORTED_PARAMETER | service_tier
          ,"reasoning_effort":"none"                  | UNSUPPORTED_PARAMETER | reasoning_effort
          ,"thinking":{"type":"disabled"}             | UNSUPPORTED_PARAMETER | thinking
          ,"temperature":2.5                          | INVALID_VALUE         | temperature
          ,"top_p":-1                                 | INVALID_VALUE         | top_p
          ,"max_tokens":0                             | INVALID_VALUE         | max_tokens
          ,"max_tokens":1,"max_completion_tokens":2 | INVALID_VALUE | max_completion_tokens
          ,"stop":""                                  | INVALID_VALUE         | stop
          ,"seed":99999999999999999999                | INVALID_VALUE         | seed
          ,"temperature":"hot"                        | INVALID_TYPE          | temperature
          ,"max_tokens":1.5                           | INVALID_TYPE          | max_tokens
          ,"stream":"yes"                             | INVALID_TYPE          | stream
          ,"stop":[1]                                 | INVALID_TYPE          | stop
          """)
  void whatCannotBeHonouredIsRefused(String more, ErrorCode code, String param) {
    ServiceException refusal = refusal(with(more));

    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.param()).isEqualTo(param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {                                                                  | INVALID_JSON
          []                                                                 | INVALID_JSON
          {"model":"m"}                                                      | MISSING_PARAMETER
          {"messages":[{"role":"user","content":"q"}]}                       | MISSING_PARAMETER
          {"model":1,"messages":[{"role":"user","content":"q"}]}             | INVALID_TYPE
          {"model":"m","messages":[]}                                        | INVALID_VALUE
          {"model":"m","messages":"q"}                                       | INVALID_TYPE
          {"model":"m","messages":[{"content":"q"}]}                         | MISSING_PARAMETER
          {"model":"m","messages":[{"role":"user"}]}                         | MISSING_PARAMETER
          {"model":"m","messages":[{"role":"king","content":"q"}]}           | INVALID_VALUE
          {"model":"m","messages":[{"role":"tool","content":"q"}]}           | MISSING_PARAMETER
          {"model":"m","messages":[{"role":"assistant","content":"q"}]}      | INVALID_VALUE
          {"model":"m","messages":[{"role":"user","content":[{"type":"file"}]}]} | UNSUPPORTED_CONTENT
          """)
  void whatIsNoConversationIsRefused(String body, ErrorCode code) {
    assertThat(refusal(body).code()).isEqualTo(code);
  }

  /**
   * The gateway holds money for as many prompt tokens as the body has bytes, and for 256 more where
   * there are tools: also with a tokenizer that makes a token of every byte.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],"
            + "\"parallel_tool_calls\":false",
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],"
            + "\"tool_choice\":\"required\"",
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\","
            + "\"parameters\":{\"type\":\"object\"}}},"
            + "{\"type\":\"function\",\"function\":{\"name\":\"g\"}}],"
            + "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}",
      })
  void thePromptIsNeverLongerThanWhatIsHeldForIt(String tools) {
    var ids = new AtomicInteger(1_000);
    var template =
        new R1Template(
            _ -> ids.incrementAndGet(),
            text -> new int[text.getBytes(StandardCharsets.UTF_8).length]);
    String body =
        """
        {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},\
        {"role":"assistant","content":"","tool_calls":[{"id":"a","type":"function",\
        "function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function",\
        "function":{"name":"f","arguments":"{}"}}]},\
        {"role":"tool","tool_call_id":"a","content":"o"},\
        {"role":"tool","tool_call_id":"b","content":"o"}]%s}\
        """
            .formatted(tools);
    ChatRequest request = parse(body);
    int prompt = template.render(request.messages(), request.tools().use()).length;
    assertThat(prompt).isLessThanOrEqualTo(body.length() + (tools.isEmpty() ? 0 : 256));

    ChatRequest shortest = parse(with(tools));
    prompt = template.render(shortest.messages(), shortest.tools().use()).length;
    assertThat(prompt).isLessThanOrEqualTo(with(tools).length() + (tools.isEmpty() ? 0 : 256));
  }
}
