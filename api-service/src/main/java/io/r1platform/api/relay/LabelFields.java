package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Labels;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What a caller calls its request and whom it asks for, within limits: 16 pairs of metadata with
 * keys of 1 to 64 and values of up to 512 characters, and users, references and keys of up to 512.
 */
final class LabelFields {
  /** Most pairs of metadata. */
  static final int PAIRS_MAX = 16;

  private static final int KEY_MAX = 64;
  private static final int TEXT_MAX = 512;

  /** The client's own header first; proxies set the other by themselves. */
  private static final String CLIENTS_ID = "X-Client-Request-Id";

  private static final String REQUEST_ID = "X-Request-Id";

  private LabelFields() {}

  /** The labels of a body. Throws a 400 or 422 that names the field. */
  static Labels of(ChatFields fields) {
    String safety = user(fields, "safety_identifier");
    String userId = userId(fields);
    String user = user(fields, "user");
    String endUser = safety != null ? safety : userId != null ? userId : user;
    Map<String, String> metadata = metadata(fields.value("metadata"));
    return endUser == null && metadata.isEmpty()
        ? Labels.NONE
        : new Labels(null, endUser, metadata);
  }

  /** DeepSeek's {@code user_id}, which computed prompts are kept apart by; null if it has none. */
  static @Nullable String userId(ChatFields fields) {
    return user(fields, "user_id");
  }

  /** What requests that shall meet the same cache have in common; null if it has none. */
  static @Nullable String cacheKey(ChatFields fields) {
    return user(fields, "prompt_cache_key");
  }

  /**
   * The caller's own id of a request, of its headers; null if it sent none. Throws a 422 for a
   * {@code X-Client-Request-Id} that cannot be kept; such a {@code X-Request-Id} is left, for a
   * proxy may have set it.
   */
  static @Nullable String reference(HttpHeaders headers) {
    String own = headers.getFirst(CLIENTS_ID);
    if (own != null && !own.isEmpty()) {
      if (!isReference(own)) {
        throw invalid(CLIENTS_ID, "'%s' must be 1 to %d visible ASCII characters.", TEXT_MAX);
      }
      return own;
    }
    String id = headers.getFirst(REQUEST_ID);
    return id != null && isReference(id) ? id : null;
  }

  private static boolean isReference(String text) {
    return text.length() <= TEXT_MAX && text.matches("[!-~]+");
  }

  private static @Nullable String user(ChatFields fields, String field) {
    return switch (fields.value(field)) {
      case null -> null;
      case ChatFields.Text(String text) when text.isEmpty() -> null;
      case ChatFields.Text(String text) -> {
        if (longer(text, TEXT_MAX)) {
          throw invalid(field, "'%s' must have at most %d characters.", TEXT_MAX);
        }
        yield storable(field, text);
      }
      case ChatFields.Value other -> throw wrongType(field, "a string");
    };
  }

  private static Map<String, String> metadata(ChatFields.@Nullable Value value) {
    return switch (value) {
      case null -> Map.of();
      case ChatFields.Pairs(Map<String, String> pairs, boolean strings) -> {
        if (!strings) {
          throw wrongType("metadata", "an object whose values are strings");
        }
        if (pairs.size() > PAIRS_MAX) {
          throw invalid("metadata", "'%s' must have at most %d pairs.", PAIRS_MAX);
        }
        pairs.forEach(LabelFields::check);
        yield pairs;
      }
      case ChatFields.Value other -> throw wrongType("metadata", "an object");
    };
  }

  private static void check(String key, String value) {
    if (key.isEmpty() || longer(key, KEY_MAX)) {
      throw invalid("metadata", "Keys of '%s' must have 1 to %d characters.", KEY_MAX);
    }
    if (longer(value, TEXT_MAX)) {
      throw invalid("metadata", "Values of '%s' must have at most %d characters.", TEXT_MAX);
    }
    var _ = storable("metadata", key);
    var _ = storable("metadata", value);
  }

  private static boolean longer(String text, int most) {
    return text.codePointCount(0, text.length()) > most;
  }

  /** The database has no NUL, and half a surrogate pair is no character of UTF-8. */
  private static String storable(String field, String text) {
    boolean storable =
        text.codePoints()
            .noneMatch(
                c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    if (!storable) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          field,
          "'%s' has a NUL or half a character. Nothing was charged.".formatted(field));
    }
    return text;
  }

  private static ServiceException invalid(String field, String message, int number) {
    return ServiceException.about(
        ErrorCode.INVALID_VALUE, field, message.formatted(field, number) + " Nothing was charged.");
  }

  private static ServiceException wrongType(String field, String type) {
    return ServiceException.about(
        ErrorCode.INVALID_TYPE, field, "'%s' must be %s.".formatted(field, type));
  }
}
