package io.r1platform.api.errors;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The two shapes of an error on the wire: OpenAI's object, and RFC 9457. */
@Component
public final class ErrorBody {
  private final JsonMapper json;

  /** Writes with {@code json}. */
  public ErrorBody(JsonMapper json) {
    this.json = json;
  }

  /** OpenAI's error object as JSON bytes: {@code {"error":{…}}}. */
  public byte[] openAi(ServiceException error, UUID requestId) {
    return json.writeValueAsBytes(Map.of("error", openAiError(error, requestId)));
  }

  /** The value of {@code error} in OpenAI's object, to be put beside other members. */
  public Map<String, @Nullable Object> openAiError(ServiceException error, UUID requestId) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("message", error.getMessage());
    body.put("type", error.code().type());
    body.put("param", error.param());
    body.put("code", error.code().wire());
    body.put("request_id", requestId.toString());
    body.put("charged", error.charged());
    body.putAll(error.details());
    return body;
  }

  byte[] problem(ServiceException error, UUID requestId) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", error.code().wire().replace('_', ' '));
    body.put("status", error.code().httpStatus());
    body.put("detail", error.getMessage());
    body.put("code", error.code().wire());
    body.put("request_id", requestId.toString());
    if (error.param() != null) {
      body.put("param", error.param());
    }
    body.putAll(error.details());
    return json.writeValueAsBytes(body);
  }
}
