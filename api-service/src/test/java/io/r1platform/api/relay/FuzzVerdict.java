package io.r1platform.api.relay;

import io.r1platform.api.OpenApi;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.relay.FuzzConnection.Answer;
import io.r1platform.api.relay.FuzzRequest.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether an answer is one that the description promises. */
final class FuzzVerdict {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonNode ERROR =
      JSON.readTree("{\"$ref\":\"#/components/schemas/ErrorBody\"}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final OpenApi description;
  private final Set<String> secrets;

  /** {@code secrets} are what only the other tenant may see. */
  FuzzVerdict(OpenApi description, Set<String> secrets) {
    this.description = description;
    this.secrets = secrets;
  }

  /** Whether something of the other tenant was shown. */
  boolean showsForeign(FuzzRequest request, Answer answer) {
    if (request.namesForeign && answer.status() < 300) {
      return true;
    }
    String shown = answer.text() + answer.headers();
    List<String> found = secrets.stream().filter(shown::contains).toList();
    if (found.isEmpty()) {
      return false;
    }
    String sent = new String(request.bytes(), StandardCharsets.ISO_8859_1);
    return !found.stream().allMatch(sent::contains);
  }

  /** Refused before anything ran, for want of time or room on a loaded machine. */
  boolean isBusy(Answer answer) {
    return answer.status() == 503 && answer.header("x-should-retry").equals("true");
  }

  /** One that waited for a run of its own key, whose client hung up before a token. */
  private static boolean isRepeatOfNothing(FuzzRequest request, Answer answer) {
    return answer.status() == 502
        && answer.text().contains("The first request with this key ended without a token")
        && new String(request.bytes(), StandardCharsets.ISO_8859_1).contains("Idempotency-Key: ");
  }

  /** What is wrong; empty if nothing. */
  String of(FuzzRequest request, Answer answer) {
    if (!UUID.matcher(answer.header("x-request-id")).matches()) {
      return "no x-request-id";
    }
    if (answer.status() >= 500 && !isBusy(answer) && !isRepeatOfNothing(request, answer)) {
      return "a fault of the server";
    }
    if (answer.status() >= 400) {
      return error(request, answer);
    }
    if (request.kind == Kind.METHOD) {
      boolean http = request.isHead() || request.method.equals("OPTIONS");
      return http && answer.status() == 200 ? "" : "a method that is not described was answered";
    }
    return request.kind == Kind.PATH ? "" : success(request, answer);
  }

  private String success(FuzzRequest request, Answer answer) {
    FuzzOperation operation = request.operation;
    String method = operation.method().toLowerCase(Locale.ROOT);
    JsonNode response =
        description.followed(
            description
                .document()
                .path("paths")
                .path(operation.path())
                .path(method)
                .path("responses")
                .path(Integer.toString(answer.status())));
    if (response.isMissingNode()) {
      return "the status is not described";
    }
    String type = answer.header("content-type").replaceFirst(";.*", "");
    JsonNode content = response.path("content").path(type);
    if (content.isMissingNode() && response.has("content")) {
      return "the content type is not described";
    }
    return switch (type) {
      case "text/event-stream" -> stream(answer.text());
      case "application/json" -> json(content.path("schema"), answer);
      default -> "";
    };
  }

  private String json(JsonNode schema, Answer answer) {
    try {
      return description.judge(schema, JSON.readTree(answer.body()));
    } catch (JacksonException e) {
      return "not JSON: " + e.getOriginalMessage();
    }
  }

  /** The rules of a stream that need no parser of its chunks. */
  private static String stream(String text) {
    if (!text.endsWith("data: [DONE]\n\n") && !text.contains("data: {\"error\":{")) {
      return "a stream without an end";
    }
    boolean begun = false;
    for (String block : text.split("\n\n", -1)) {
      begun |= block.contains("id: ");
      if (begun && !block.isEmpty() && !block.contains("data: ")) {
        return "a blank line that ends no event: " + block;
      }
    }
    return "";
  }

  private String error(FuzzRequest request, Answer answer) {
    if (request.isHead()) {
      return "";
    }
    if (!answer.header("content-type").equals("application/json")) {
      return "an error that is not JSON";
    }
    String wrong = json(ERROR, answer);
    if (!wrong.isEmpty()) {
      return wrong;
    }
    JsonNode error = JSON.readTree(answer.body()).path("error");
    ErrorCode code =
        Arrays.stream(ErrorCode.values())
            .filter(one -> one.wire().equals(error.path("code").asString()))
            .findFirst()
            .orElseThrow();
    String retry = answer.header("x-should-retry");
    if (code.httpStatus() != answer.status()) {
      return "the status is not the code's";
    }
    if (!code.type().equals(error.path("type").asString())) {
      return "the type is not the code's";
    }
    if (!error.path("request_id").asString().equals(answer.header("x-request-id"))) {
      return "two request ids";
    }
    if (!retry.equals("" + (code.retryable() && error.path("charged").asString().equals("0")))) {
      return "x-should-retry is '" + retry + "'";
    }
    return answer.header("retry-after").isEmpty() == retry.equals("true")
        ? "retry-after is '" + answer.header("retry-after") + "'"
        : "";
  }
}
