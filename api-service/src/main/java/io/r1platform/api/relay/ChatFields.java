package io.r1platform.api.relay;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * The fields of a completion that the gateway needs, read in one pass. What it does not need, most
 * of all the content of {@code messages} and {@code prompt}, is skipped: it leaves nothing in
 * memory. Where a name comes twice the last one counts, as for the engine.
 */
final class ChatFields {
  /** Names are not kept for later: a body may have a million different ones. */
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES).build();

  private static final Set<String> READ =
      Set.of(
          "model",
          "max_tokens",
          "max_completion_tokens",
          "max_cost",
          "metadata",
          "n",
          "prompt_cache_key",
          "safety_identifier",
          "stream",
          "stream_options",
          "user",
          "user_id");
  private static final Set<String> FOR_THE_ENGINE =
      Set.of(
          "messages",
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
          "parallel_tool_calls",
          "service_tier",
          "thinking",
          "reasoning_effort");
  private static final Set<String> FOR_RAW_PROMPTS = Set.of("suffix", "echo", "best_of");
  private static final Set<String> UNSUPPORTED =
      Set.of("functions", "function_call", "audio", "web_search_options", "moderation");
  private static final String INCLUDE_USAGE = "stream_options.include_usage";
  private static final int MOST_IGNORED = 20;

  private final Map<String, Value> values = new HashMap<>();
  private final Set<String> ignored = new LinkedHashSet<>();
  private @Nullable String unsupported;
  private @Nullable Messages messages;
  private boolean tools;
  private boolean prompt;
  private long beginning = -1;
  private long beginningEnds = -1;
  private int conversation;

  /** A value that is not null. */
  sealed interface Value {}

  /** A string. */
  record Text(String text) implements Value {}

  /** A whole number; 0 if it does not fit an int. */
  record Whole(int number) implements Value {}

  /** True or false. */
  record Flag(boolean set) implements Value {}

  /**
   * The members of an object, in their order.
   *
   * @param pairs those that are strings, one more than may be at most
   * @param strings whether all of them are
   */
  record Pairs(Map<String, String> pairs, boolean strings) implements Value {}

  /** What is not looked at: an object, an array or a fraction. */
  enum Other implements Value {
    OBJECT,
    ARRAY,
    FRACTION
  }

  /**
   * What is known of {@code messages}.
   *
   * @param array whether it is an array
   * @param count how many there are
   * @param lastRole the role of the last one, null if that has no string there
   */
  record Messages(boolean array, int count, @Nullable String lastRole) {}

  private ChatFields() {}

  /** Reads a whole body. Fails with a JacksonException that names what is wrong. */
  static @Nullable ChatFields read(ByteBuffer body) {
    int from = body.arrayOffset() + body.position();
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), body.array(), from, body.remaining())) {
      boolean object = parser.nextToken() == JsonToken.START_OBJECT;
      var fields = new ChatFields();
      if (object) {
        fields.readMembers(parser);
      } else {
        parser.skipChildren();
      }
      if (fields.beginningEnds > fields.beginning) {
        fields.conversation = hash(body, fields.beginning, fields.beginningEnds);
      }
      if (parser.nextToken() != null) {
        throw new StreamReadException(parser, "something follows the JSON value");
      }
      return object ? fields : null;
    }
  }

  /** Of the characters between two offsets, which is where this parser stands. */
  private static int hash(ByteBuffer body, long from, long to) {
    var crc = new CRC32C();
    long at = 0;
    for (int i = body.position(); i < body.limit() && at < to; i++) {
      int unit = body.get(i) & 0xff;
      if (at >= from) {
        crc.update(unit);
      }
      boolean first = unit < 0x80 || unit >= 0xc0;
      at += unit >= 0xf0 ? 2 : first ? 1 : 0; // a surrogate pair
    }
    return (int) crc.getValue();
  }

  private void readMembers(JsonParser parser) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      if (name.equals("messages")) {
        messages = messages(parser);
      } else if (name.equals("prompt")) {
        prompt = parser.currentToken() != JsonToken.VALUE_NULL;
        parser.skipChildren();
      } else if (READ.contains(name)) {
        readValue(name, parser);
      } else {
        note(name);
        parser.skipChildren();
      }
    }
  }

  private void note(String name) {
    tools |= name.equals("tools");
    if (UNSUPPORTED.contains(name)) {
      unsupported = name;
    } else if (!FOR_THE_ENGINE.contains(name)
        && !FOR_RAW_PROMPTS.contains(name)
        && ignored.size() < MOST_IGNORED) {
      ignored.add(name.substring(0, Math.min(64, name.length())).replaceAll("[^\\w.-]", "_"));
    }
  }

  private void readValue(String name, JsonParser parser) {
    Value value = value(parser);
    if (value == Other.OBJECT && name.equals("metadata")) {
      value = pairs(parser);
    }
    if (value == null) {
      values.remove(name);
    } else {
      values.put(name, value);
    }
    if (name.equals("stream_options")) {
      values.remove(INCLUDE_USAGE);
      if (value == Other.OBJECT) {
        readStreamOptions(parser);
      }
    } else {
      parser.skipChildren();
    }
  }

  private void readStreamOptions(JsonParser parser) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      if (name.equals("include_usage")) {
        readValue(INCLUDE_USAGE, parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  /** The object where the parser stands, which is left at its end. */
  private static Pairs pairs(JsonParser parser) {
    var pairs = new LinkedHashMap<String, String>();
    boolean strings = true;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        strings = false;
        parser.skipChildren();
      } else if (pairs.size() <= LabelFields.PAIRS_MAX) {
        pairs.put(name, parser.getString());
      }
    }
    return new Pairs(pairs, strings);
  }

  /** The value where the parser stands; null for JSON's null. Does not enter what has children. */
  private static @Nullable Value value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> new Text(parser.getString());
      case VALUE_TRUE -> new Flag(true);
      case VALUE_FALSE -> new Flag(false);
      case VALUE_NUMBER_INT ->
          new Whole(parser.getNumberType() == JsonParser.NumberType.INT ? parser.getIntValue() : 0);
      case VALUE_NUMBER_FLOAT -> Other.FRACTION;
      case START_OBJECT -> Other.OBJECT;
      case START_ARRAY -> Other.ARRAY;
      default -> null;
    };
  }

  private @Nullable Messages messages(JsonParser parser) {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return new Messages(false, 0, null);
    }
    int count = 0;
    String lastRole = null;
    beginning = parser.currentLocation().getCharOffset();
    beginningEnds = -1;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      count++;
      lastRole = parser.currentToken() == JsonToken.START_OBJECT ? role(parser) : null;
      parser.skipChildren();
      if (beginningEnds < 0 && "user".equals(lastRole)) {
        beginningEnds = parser.currentLocation().getCharOffset();
      }
    }
    return new Messages(true, count, lastRole);
  }

  /** The role of the message where the parser stands, which is left at its end. */
  private static @Nullable String role(JsonParser parser) {
    String role = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("role")) {
        role = token == JsonToken.VALUE_STRING ? parser.getString() : null;
      }
      parser.skipChildren();
    }
    return role;
  }

  /** A value that is read, by the name of its field; null if it is absent or null. */
  @Nullable Value value(String name) {
    return values.get(name);
  }

  /** The same of {@code stream_options.include_usage}. */
  @Nullable Value includeUsage() {
    return values.get(INCLUDE_USAGE);
  }

  /** Null if they are absent or null. */
  @Nullable Messages messages() {
    return messages;
  }

  /** A field whose effect the caller relies on and does not get; null if there is none. */
  @Nullable String unsupported() {
    return unsupported;
  }

  /**
   * A hash of the messages up to the user's first, which stay the same while a conversation goes
   * on; 0 if there is none.
   */
  int conversation() {
    return conversation;
  }

  /** Whether there is a raw prompt. */
  boolean prompt() {
    return prompt;
  }

  /** Whether there are tools, so that the prompt has more than the text of the body. */
  boolean tools() {
    return tools;
  }

  /** Names of top-level fields that have no effect here, 20 at most. */
  List<String> ignored() {
    return List.copyOf(ignored);
  }
}
