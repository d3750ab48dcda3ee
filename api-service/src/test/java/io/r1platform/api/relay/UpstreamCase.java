package io.r1platform.api.relay;

import java.io.IOException;
import java.util.Locale;

/**
 * What one of two foreign servers does, and what becomes of a request for it: what its client sees,
 * which tokens are charged, and whether its usage is flagged. The first server has the better
 * priority; {@code second} says what the other one does, if it is asked at all. Prompts have 12
 * tokens, and 20 output tokens are asked for.
 *
 * <p>Tokens are hit+miss/reasoning+answer.
 */
enum UpstreamCase {
  WELL("200", "We think|9.8", "2+10/4+2", "", "first", ForeignServer::well),
  WELL_WITHOUT_REASONING_TOKENS(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "",
      "first",
      s -> begun(s).finish("stop", 6).usage(12, 6, 0, -1).done()),
  KILLED_BEFORE_FIRST_BYTE(
      "200", "We think|9.8", "2+10/4+2", "", "second", ForeignServer.Reply::kill),
  KILLED_AFTER_HEAD("200", "We think|9.8", "2+10/4+2", "", "second", s -> s.events().role().kill()),
  BOTH_KILLED_BEFORE_FIRST_BYTE(
      "502 engine_failed",
      "|",
      "0+0/0+0",
      "",
      "second",
      ForeignServer.Reply::kill,
      ForeignServer.Reply::kill),
  KILLED_AFTER_TOKENS(
      "200, then engine_failed", "We think|9.8", "0+12/3+2", "", "first", s -> begun(s).kill()),
  KILLED_IN_REASONING(
      "200, then engine_failed",
      "We think|",
      "0+12/3+0",
      "",
      "first",
      s -> s.events().role().reasoning("We think", 3).kill()),
  HUNG_BEFORE_FIRST_BYTE(
      "200", "We think|9.8", "2+10/4+2", "", "second", ForeignServer.Reply::hang),
  HUNG_AFTER_TOKENS(
      "200, then engine_failed", "We think|9.8", "0+12/3+2", "", "first", s -> begun(s).hang()),
  SLOW("200", "We think|9.8 is more", "2+10/4+4", "", "first", UpstreamCase::slow),
  USAGE_MISSING(
      "200",
      "|hi",
      "0+0/0+0",
      "missing",
      "first",
      s -> s.events().text("hi", "null").finishWithout("stop").done()),
  RUNNING_USAGE_MISSING(
      "200",
      "|hi",
      "2+10/0+2",
      "running_missing",
      "first",
      s -> s.events().text("hi", "null").finishWithout("stop").usage(12, 2, 2, 0).done()),
  LAST_USAGE_MISSING(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "final_missing",
      "first",
      s -> begun(s).finish("stop", 6).done()),
  USAGE_FALLS(
      "200",
      "We think|9.8!",
      "0+12/3+2",
      "fell",
      "first",
      s -> begun(s).text("!", 4).finish("stop", 4).usage(12, 4, 2, 3).done()),
  USAGE_FALLS_AND_RISES(
      "200",
      "We think|9.8!!",
      "0+12/3+2",
      "fell",
      "first",
      s -> begun(s).text("!", 1).text("!", 19).finish("stop", 19).usage(12, 19, 2, 3).done()),
  LAST_USAGE_BELOW_RUNNING(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "fell",
      "first",
      s -> begun(s).finish("stop", 6).usage(12, 1, 2, 0).done()),
  USAGE_TOO_LARGE(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "output_above_text",
      "first",
      s -> begun(s).finish("stop", 6).usage(12, 1_000_000, 2, 3).done()),
  USAGE_ABOVE_CAP(
      "200 length",
      "We think|9.8!",
      "0+12/3+2",
      "output_above_cap",
      "first",
      s -> begun(s).text("!", 21).text("not shown", 22).finish("stop", 23).done()),
  TOTAL_IS_NOT_THE_SUM(
      "200",
      "We think|9.8",
      "0+12/3+2",
      "sum_wrong",
      "first",
      s ->
          begun(s)
              .finishWithout("stop")
              .last("{\"prompt_tokens\":12,\"completion_tokens\":7,\"total_tokens\":99}")
              .done()),
  MORE_CACHED_THAN_PROMPT(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "cached_above_prompt",
      "first",
      s -> begun(s).finish("stop", 6).usage(12, 6, 13, 3).done()),
  MORE_REASONING_THAN_OUTPUT(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "reasoning_above_output",
      "first",
      s -> begun(s).finish("stop", 6).usage(12, 6, 2, 7).done()),
  PROMPT_CHANGES(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "prompt_changed",
      "first",
      s -> begun(s).finish("stop", 6).usage(13, 6, 2, 3).done()),
  PROMPT_ABOVE_REQUEST(
      "200",
      "|hi",
      "0+0/0+0",
      "prompt_above_request",
      "first",
      s ->
          s.events()
              .prompt(100_000)
              .text("hi", 2)
              .finish("stop", 2)
              .usage(100_000, 2, 0, 0)
              .done()),
  USAGE_NEGATIVE(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "malformed",
      "first",
      s ->
          begun(s)
              .finish("stop", 6)
              .last("{\"prompt_tokens\":12,\"completion_tokens\":-6}")
              .done()),
  USAGE_IS_TEXT(
      "200",
      "We think|9.8",
      "0+12/3+3",
      "malformed",
      "first",
      s ->
          begun(s)
              .finish("stop", 6)
              .last("{\"prompt_tokens\":\"12\",\"completion_tokens\":\"6\"}")
              .done()),
  EXPLICIT_ZERO(
      "200",
      "|hi",
      "0+0/0+0",
      "zero_with_text",
      "first",
      s -> s.events().text("hi", 0).finish("stop", 0).usage(12, 0, 2, 0).done()),
  NO_DONE_AFTER_FINISH("200", "We think|9.8", "2+10/4+2", "", "first", UpstreamCase::noDone),
  NOT_JSON(
      "200, then engine_failed",
      "We think|9.8",
      "0+12/3+2",
      "",
      "first",
      s -> begun(s).event("{not json").done()),
  ERROR_IN_STREAM(
      "200, then engine_failed",
      "We think|9.8",
      "0+12/3+2",
      "",
      "first",
      s -> begun(s).event("{\"error\":{\"message\":\"CUDA\"}}").done()),
  HTTP_500("200", "We think|9.8", "2+10/4+2", "", "second", s -> s.refuses(500, "x")),
  HTTP_429("200", "We think|9.8", "2+10/4+2", "", "second", s -> s.refuses(429, "x")),
  HTTP_401("200", "We think|9.8", "2+10/4+2", "", "second", s -> s.refuses(401, "x")),
  BOTH_HTTP_500(
      "502 engine_failed",
      "|",
      "0+0/0+0",
      "",
      "second",
      s -> s.refuses(500, "x"),
      s -> s.refuses(500, "x")),
  BOTH_HTTP_429(
      "503 engine_overloaded",
      "|",
      "0+0/0+0",
      "",
      "second",
      s -> s.refuses(429, "x"),
      s -> s.refuses(429, "x")),
  BOTH_HTTP_401(
      "503 engine_unavailable",
      "|",
      "0+0/0+0",
      "",
      "second",
      s -> s.refuses(401, "the key is sk-secret"),
      s -> s.refuses(401, "the key is sk-secret")),
  HTTP_400("400 unsupported_value", "|", "0+0/0+0", "", "first", s -> s.refuses(400, "bad top_k")),
  PROMPT_TOO_LONG(
      "400 context_length_exceeded",
      "|",
      "0+0/0+0",
      "",
      "first",
      s -> s.refuses(400, "This model's maximum context length is 4096 tokens")),
  REDIRECT(
      "200",
      "We think|9.8",
      "2+10/4+2",
      "",
      "second",
      s -> s.whole(302, "text/plain", "", "Location: http://169.254.169.254/latest/")),
  NO_EVENT_STREAM(
      "200",
      "We think|9.8",
      "2+10/4+2",
      "",
      "second",
      s -> s.whole(200, "text/html", "<html>sign in</html>"));

  final String sees;
  final String text;
  final String tokens;
  final String flag;
  final String answeredBy;

  @SuppressWarnings("ImmutableEnumChecker") // a script has no state
  final ForeignServer.Script first;

  @SuppressWarnings("ImmutableEnumChecker")
  final ForeignServer.Script second;

  UpstreamCase(
      String sees,
      String text,
      String tokens,
      String flag,
      String answeredBy,
      ForeignServer.Script first) {
    this(sees, text, tokens, flag, answeredBy, first, ForeignServer::well);
  }

  UpstreamCase(
      String sees,
      String text,
      String tokens,
      String flag,
      String answeredBy,
      ForeignServer.Script first,
      ForeignServer.Script second) {
    this.sees = sees;
    this.text = text;
    this.tokens = tokens;
    this.flag = flag;
    this.answeredBy = answeredBy;
    this.first = first;
    this.second = second;
  }

  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Of a JSON answer, whose status can still tell of an error. */
  String seesWhole() {
    return sees.startsWith("200, then ") ? "502 " + sees.substring("200, then ".length()) : sees;
  }

  private static ForeignServer.Reply begun(ForeignServer.Reply reply) throws IOException {
    return reply.events().role().reasoning("We think", 3).text("9.8", 5);
  }

  private static void slow(ForeignServer.Reply reply) throws IOException, InterruptedException {
    reply.events().role().reasoning("We think", 3);
    reply.pause();
    reply.text("9.8", 5);
    reply.pause();
    reply.text(" is more", 7).finish("stop", 8).usage(12, 8, 2, 4).done();
  }

  private static void noDone(ForeignServer.Reply reply) throws IOException {
    begun(reply).finish("stop", 6).usage(12, 6, 2, 4).over();
  }
}
