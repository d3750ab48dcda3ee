package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * A request as a foreign server gets it: only fields that change the answer, nothing that names a
 * tenant, always as a stream with running usage, and with a cap of its output.
 */
final class ForeignBody {
  /** Names are not kept for later: a body may have a million different ones. */
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES).build();

  private static final Set<String> PASSED =
      Set.of(
          "messages",
          "prompt",
          "temperature",
          "top_p",
          "top_k",
          "min_p",
          "presence_penalty",
          "frequency_penalty",
          "stop",
          "seed",
          "logprobs",
          "top_logprobs",
          "logit_bias",
          "response_format",
          "tools",
          "tool_choice",
          "parallel_tool_calls");

  /** Earlier reasoning is neither prompted nor charged, whatever a server would make of it. */
  private static final Set<String> REASONING = Set.of("reasoning_content", "reasoning");

  private ForeignBody() {}

  /**
   * Writes it anew.
   *
   * @param model what the server calls it
   * @param maxTokens most output tokens of each choice
   * @param choices how many, as this gateway has read the body
   * @param cacheSalt of the tenant at this server, null where it takes none
   */
  static byte[] of(
      ByteBuffer body, String model, int maxTokens, int choices, @Nullable String cacheSalt) {
    var out = new ByteArrayOutputStream(body.remaining() + 256);
    int from = body.arrayOffset() + body.position();
    try (JsonParser parser =
            JSON.createParser(ObjectReadContext.empty(), body.array(), from, body.remaining());
        JsonGenerator to = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      to.writeStartObject();
      to.writeStringProperty("model", model);
      to.writeBooleanProperty("stream", true);
      to.writeName("stream_options");
      to.writeStartObject();
      to.writeBooleanProperty("include_usage", true);
      to.writeBooleanProperty("continuous_usage_stats", true);
      to.writeEndObject();
      to.writeNumberProperty("max_tokens", maxTokens);
      if (cacheSalt != null) {
        to.writeStringProperty("cache_salt", cacheSalt);
      }
      if (choices > 1) {
        to.writeNumberProperty("n", choices);
      }
      parser.nextToken();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        copy(name, parser, to);
      }
      to.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void copy(String name, JsonParser parser, JsonGenerator to) {
    JsonToken value = parser.nextToken();
    if (!PASSED.contains(name) || value == JsonToken.VALUE_NULL) {
      parser.skipChildren();
    } else if (name.equals("messages") && value == JsonToken.START_ARRAY) {
      to.writeName(name);
      to.writeStartArray();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        copyMessage(parser, to);
      }
      to.writeEndArray();
    } else {
      to.writeName(name);
      to.copyCurrentStructure(parser);
    }
  }

  private static void copyMessage(JsonParser parser, JsonGenerator to) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      to.copyCurrentStructure(parser);
      return;
    }
    to.writeStartObject();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      if (REASONING.contains(name)) {
        parser.skipChildren();
      } else if (name.equals("content") && parser.currentToken() == JsonToken.START_ARRAY) {
        to.writeName(name);
        copyParts(parser, to);
      } else {
        to.writeName(name);
        to.copyCurrentStructure(parser);
      }
    }
    to.writeEndObject();
  }

  /** Text only: anything else is counted by other rules than bytes. */
  private static void copyParts(JsonParser parser, JsonGenerator to) {
    to.writeStartArray();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw unsupported();
      }
      to.writeStartObject();
      boolean text = false;
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (name.equals("type")) {
          text = "text".equals(parser.getString());
        }
        to.writeName(name);
        to.copyCurrentStructure(parser);
      }
      to.writeEndObject();
      if (!text) {
        throw unsupported();
      }
    }
    to.writeEndArray();
  }

  private static ServiceException unsupported() {
    return ServiceException.about(
        ErrorCode.UNSUPPORTED_CONTENT,
        "messages",
        "A message's content is a string, or parts of the type text. Nothing was charged.");
  }
}
