package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * What is to be quoted: a chat completion, with the bytes that it would be sent as.
 *
 * @param chat what the gateway would make of it
 * @param body its bytes within the quote's body
 * @param expectedOutput output tokens that the caller expects of all choices, null if it said none
 */
record QuoteRequest(ChatRequest chat, ByteBuffer body, @Nullable Integer expectedOutput) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Reads and checks a body. Throws what the chat completion would be refused with. */
  static QuoteRequest parse(ByteBuffer content) {
    try (JsonParser parser =
        JSON.createParser(
            ObjectReadContext.empty(),
            content.array(),
            content.arrayOffset() + content.position(),
            content.remaining())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw ServiceException.of(
            ErrorCode.INVALID_JSON, "The body must be a JSON object. Nothing was charged.");
      }
      QuoteRequest request = read(parser, content);
      if (parser.nextToken() != null) {
        throw new StreamReadException(parser, "something follows the JSON value");
      }
      return request;
    } catch (JacksonException e) {
      throw ServiceException.of(
          ErrorCode.INVALID_JSON,
          "The body is not JSON: " + e.getOriginalMessage() + ". Nothing was charged.");
    }
  }

  private static QuoteRequest read(JsonParser parser, ByteBuffer content) {
    ByteBuffer body = null;
    Integer expected = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("request")) {
        body = object(parser, content);
      } else if (name.equals("expected_output_tokens") && token != JsonToken.VALUE_NULL) {
        expected = expected(parser);
      } else {
        parser.skipChildren();
      }
    }
    if (body == null) {
      throw ServiceException.about(
          ErrorCode.MISSING_PARAMETER, "request", "'request', a chat completion, is required.");
    }
    return new QuoteRequest(ChatRequest.parse(Kind.CHAT, body), body, expected);
  }

  private static ByteBuffer object(JsonParser parser, ByteBuffer content) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE, "request", "'request' must be an object.");
    }
    long from = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    long to = parser.currentLocation().getByteOffset();
    if (from < 0) { // the parser counts characters
      throw ServiceException.of(
          ErrorCode.INVALID_JSON, "The body is not in UTF-8. Nothing was charged.");
    }
    return content.slice(content.position() + (int) from, (int) (to - from));
  }

  private static Integer expected(JsonParser parser) {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE,
          "expected_output_tokens",
          "'expected_output_tokens' must be an integer.");
    }
    if (parser.getNumberType() != JsonParser.NumberType.INT || parser.getIntValue() < 1) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "expected_output_tokens",
          "'expected_output_tokens' must be at least 1.");
    }
    return parser.getIntValue();
  }
}
