package io.r1platform.api.batches;

import io.r1platform.api.relay.LineRuns.Endpoint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * A line of an input file.
 *
 * @param customId the tenant's name for it
 * @param body the request's bytes, as they stand in the line
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record InputLine(String customId, byte[] body) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int CUSTOM_ID_MAX = 512;

  /** Why a line is none. */
  static final class Wrong extends Exception {
    private final String code;
    private final @Nullable String param;

    Wrong(String code, @Nullable String param, String message) {
      super(message, null, false, false);
      this.code = code;
      this.param = param;
    }

    String code() {
      return code;
    }

    @Nullable String param() {
      return param;
    }
  }

  /** What was found so far. */
  private static final class Members {
    private @Nullable String customId;
    private @Nullable String method;
    private @Nullable String url;
    private int from = -1;
    private int to;
  }

  /** Reads a line for that endpoint. The body is not looked into. */
  static InputLine read(byte[] line, Endpoint endpoint) throws Wrong {
    Members found = members(line);
    String customId = found.customId;
    if (customId == null || customId.isEmpty()) {
      throw missing("custom_id");
    }
    if (customId.length() > CUSTOM_ID_MAX) {
      throw new Wrong(
          "invalid_value",
          "custom_id",
          "'custom_id' has at most %d characters.".formatted(CUSTOM_ID_MAX));
    }
    if (!"POST".equals(found.method)) {
      throw found.method == null
          ? missing("method")
          : new Wrong("unsupported_value", "method", "'method' must be POST.");
    }
    if (!endpoint.path().equals(found.url)) {
      throw found.url == null
          ? missing("url")
          : new Wrong(
              "unsupported_value",
              "url",
              "'url' must be the batch's endpoint, %s.".formatted(endpoint.path()));
    }
    if (found.from < 0) {
      throw missing("body");
    }
    return new InputLine(customId, Arrays.copyOfRange(line, found.from, found.to));
  }

  /** The body alone. */
  ByteBuffer content() {
    return ByteBuffer.wrap(body);
  }

  private static Members members(byte[] line) throws Wrong {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new Wrong("invalid_json", null, "The line must be a JSON object.");
      }
      var found = new Members();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        member(parser, name, found);
      }
      if (parser.nextToken() != null) {
        throw new StreamReadException(parser, "something follows the JSON value");
      }
      return found;
    } catch (JacksonException e) {
      throw new Wrong("invalid_json", null, "The line is not JSON: " + e.getOriginalMessage());
    }
  }

  private static void member(JsonParser parser, String name, Members found) throws Wrong {
    switch (name) {
      case "custom_id" -> found.customId = text(parser, name);
      case "method" -> found.method = text(parser, name);
      case "url" -> found.url = text(parser, name);
      case "body" -> {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw new Wrong("invalid_type", name, "'body' must be an object.");
        }
        found.from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        found.to = (int) parser.currentLocation().getByteOffset();
      }
      default -> parser.skipChildren(); // as anywhere, an unknown member does no harm
    }
  }

  private static String text(JsonParser parser, String name) throws Wrong {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw new Wrong("invalid_type", name, "'%s' must be a string.".formatted(name));
    }
    return parser.getString();
  }

  private static Wrong missing(String name) {
    return new Wrong("missing_parameter", name, "'%s' is required.".formatted(name));
  }
}
