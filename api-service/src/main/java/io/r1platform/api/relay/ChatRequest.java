package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Labels;
import io.r1platform.api.money.Pico;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What the gateway must know of a completion; the engine reads the rest from the same bytes.
 *
 * @param kind of a conversation or of a raw prompt
 * @param model name or alias, as the client wrote it
 * @param maxTokens the client's cap on output tokens of each choice, null if it has none
 * @param choices how many answers it wants, 1 to 8
 * @param maxCost the most that the client will pay, null if it set no bound
 * @param tools whether the model is told of tools
 * @param stream whether events are wanted
 * @param includeUsage whether the stream shall end with the usage
 * @param ignored names of top-level fields that have no effect here
 * @param conversation a hash of its prompt_cache_key, else of how its messages begin; 0 if neither
 *     is there
 * @param labels what the caller calls it
 * @param userId DeepSeek's user_id, which computed prompts are kept apart by, or null
 * @param timeout of {@code x-r1-timeout}, after which the answer ends as at its cap, or null
 */
record ChatRequest(
    Kind kind,
    String model,
    @Nullable Integer maxTokens,
    int choices,
    @Nullable Pico maxCost,
    boolean tools,
    boolean stream,
    boolean includeUsage,
    List<String> ignored,
    int conversation,
    Labels labels,
    @Nullable String userId,
    @Nullable Duration timeout) {
  private static final int CHOICES_MAX = 8;
  private static final int RAW_MAX_TOKENS = 16;

  /** More than what the prompt says of any tools in words of its own. */
  private static final int TOOLS_TOKENS = 256;

  /** Reads and checks a body. Throws a 400 or 422 that names the field. */
  static ChatRequest parse(Kind kind, ByteBuffer body) {
    ChatFields fields = read(body);
    String unsupported = fields.unsupported();
    if (unsupported != null) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_PARAMETER,
          unsupported,
          "'" + unsupported + "' is not supported. Leave it out.");
    }
    String model = model(fields);
    Integer cap = cap(fields);
    switch (kind) {
      case CHAT -> checkMessages(fields.messages());
      case RAW -> {
        if (!fields.prompt()) {
          throw missing("prompt");
        }
        cap = cap == null ? Integer.valueOf(RAW_MAX_TOKENS) : cap;
      }
    }
    boolean stream = flag(fields.value("stream"), "stream");
    return new ChatRequest(
        kind,
        model,
        cap,
        choices(positive(fields, "n")),
        maxCost(fields),
        fields.tools(),
        stream,
        includeUsage(fields),
        fields.ignored(),
        conversation(fields),
        LabelFields.of(fields),
        LabelFields.userId(fields),
        /* timeout= */ null);
  }

  /** The same with the caller's own id of it and a limit of time. */
  ChatRequest with(@Nullable String reference, @Nullable Duration limit) {
    return new ChatRequest(
        kind,
        model,
        maxTokens,
        choices,
        maxCost,
        tools,
        stream,
        includeUsage,
        ignored,
        conversation,
        labels.referredToAs(reference),
        userId,
        limit);
  }

  private static int conversation(ChatFields fields) {
    String key = LabelFields.cacheKey(fields);
    if (key == null) {
      return fields.conversation();
    }
    var crc = new CRC32C();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    int hash = (int) crc.getValue();
    return hash == 0 ? 1 : hash;
  }

  /** The model that a body asks for, by name or alias. Throws a 400 that names what is wrong. */
  static String model(ByteBuffer body) {
    return model(read(body));
  }

  private static String model(ChatFields fields) {
    String model = text(fields, "model");
    if (model == null) {
      throw missing("model");
    }
    return model;
  }

  /**
   * Most tokens of the prompt of a body of so many bytes. A byte-level token covers at least one
   * byte, and the names of fields take more than the markers that stand for them.
   */
  int promptBound(int bodyBytes) {
    return tools ? bodyBytes + TOOLS_TOKENS : bodyBytes;
  }

  private static int choices(@Nullable Integer wanted) {
    if (wanted == null) {
      return 1;
    }
    if (wanted > CHOICES_MAX) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "n", "'n' must be at most %d.".formatted(CHOICES_MAX));
    }
    return wanted;
  }

  private static ChatFields read(ByteBuffer body) {
    try {
      ChatFields fields = ChatFields.read(body);
      if (fields == null) {
        throw ServiceException.of(
            ErrorCode.INVALID_JSON, "The body must be a JSON object. Nothing was charged.");
      }
      return fields;
    } catch (JacksonException e) {
      throw ServiceException.of(
          ErrorCode.INVALID_JSON,
          "The body is not JSON: " + e.getOriginalMessage() + ". Nothing was charged.");
    }
  }

  private static @Nullable String text(ChatFields fields, String field) {
    return switch (fields.value(field)) {
      case null -> null;
      case ChatFields.Text(String text) -> text;
      case ChatFields.Value other ->
          throw wrongType(
              field,
              field.equals("max_cost") ? "a decimal string, for instance \"0.05\"" : "a string");
    };
  }

  private static void checkMessages(ChatFields.@Nullable Messages messages) {
    if (messages == null) {
      throw missing("messages");
    }
    if (!messages.array()) {
      throw wrongType("messages", "an array");
    }
    if (messages.count() == 0) {
      throw missing("messages");
    }
    String role = messages.lastRole();
    if (role == null) {
      throw missing("messages[%d].role".formatted(messages.count() - 1));
    }
    if (!role.equals("user") && !role.equals("tool")) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_VALUE,
          "messages",
          "The last message must have the role user or tool.");
    }
  }

  private static @Nullable Integer cap(ChatFields fields) {
    Integer tokens = positive(fields, "max_tokens");
    Integer completion = positive(fields, "max_completion_tokens");
    if (tokens != null && completion != null && !tokens.equals(completion)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "max_tokens",
          "max_tokens and max_completion_tokens mean the same and differ. Send one.");
    }
    return tokens != null ? tokens : completion;
  }

  private static @Nullable Pico maxCost(ChatFields fields) {
    String text = text(fields, "max_cost");
    if (text == null) {
      return null;
    }
    try {
      return Pico.ofDecimal(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "max_cost",
          "'max_cost' must be a decimal from 0 to 9223372 with at most 12 fraction digits.");
    }
  }

  private static @Nullable Integer positive(ChatFields fields, String field) {
    return switch (fields.value(field)) {
      case null -> null;
      case ChatFields.Whole(int number) when number >= 1 -> number;
      case ChatFields.Whole ignored ->
          throw ServiceException.about(
              ErrorCode.INVALID_VALUE,
              field,
              "'" + field + "' must be at least 1 and fit the model.");
      case ChatFields.Value other -> throw wrongType(field, "an integer");
    };
  }

  private static boolean includeUsage(ChatFields fields) {
    ChatFields.Value options = fields.value("stream_options");
    if (options != null && options != ChatFields.Other.OBJECT) {
      throw wrongType("stream_options", "an object");
    }
    return flag(fields.includeUsage(), "stream_options.include_usage");
  }

  private static boolean flag(ChatFields.@Nullable Value value, String param) {
    return switch (value) {
      case null -> false;
      case ChatFields.Flag(boolean set) -> set;
      case ChatFields.Value other -> throw wrongType(param, "true or false");
    };
  }

  private static ServiceException missing(String field) {
    return ServiceException.about(
        ErrorCode.MISSING_PARAMETER, field, "'" + field + "' is required. Nothing was charged.");
  }

  private static ServiceException wrongType(String field, String type) {
    return ServiceException.about(
        ErrorCode.INVALID_TYPE, field, "'" + field + "' must be " + type + ".");
  }
}
