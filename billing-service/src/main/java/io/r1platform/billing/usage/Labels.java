package io.r1platform.billing.usage;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a caller calls its request; no part of the record, and of no worth for money.
 *
 * @param clientReference the caller's own id of it, or null
 * @param endUser for whom the caller asks, or null
 * @param metadata of the caller
 */
record Labels(
    @Nullable String clientReference, @Nullable String endUser, Map<String, String> metadata) {
  static final Labels NONE = new Labels(null, null, Map.of());

  private static final int TEXT_MAX = 512;

  Labels {
    metadata = Map.copyOf(metadata);
  }

  /**
   * Reads the JSON of the wire; null if it cannot be kept. A gateway sends no such labels, and if
   * one did, its records must be charged all the same.
   */
  static @Nullable Labels read(byte[] json) {
    if (json.length == 0) {
      return NONE;
    }
    try {
      JsonNode sent = JsonMapper.shared().readTree(json);
      var metadata = new LinkedHashMap<String, String>();
      for (Map.Entry<String, JsonNode> pair : sent.path("metadata").properties()) {
        metadata.put(pair.getKey(), pair.getValue().stringValue(""));
      }
      var labels =
          new Labels(
              sent.path("client_reference").stringValue(null),
              sent.path("end_user").stringValue(null),
              metadata);
      return labels.canBeKept() ? labels : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  boolean isEmpty() {
    return equals(NONE);
  }

  /** The pairs as JSON, null without any. */
  @Nullable String pairs() {
    return metadata.isEmpty() ? null : JsonMapper.shared().writeValueAsString(metadata);
  }

  /** As on the wire; null if there are none. */
  byte @Nullable [] bytes() {
    if (isEmpty()) {
      return null;
    }
    ObjectNode json = JsonMapper.shared().createObjectNode();
    if (clientReference != null) {
      json.put("client_reference", clientReference);
    }
    if (endUser != null) {
      json.put("end_user", endUser);
    }
    if (!metadata.isEmpty()) {
      ObjectNode pairs = json.putObject("metadata");
      metadata.forEach(pairs::put);
    }
    return JsonMapper.shared().writeValueAsBytes(json);
  }

  private boolean canBeKept() {
    return isName(clientReference)
        && isName(endUser)
        && metadata.keySet().stream().allMatch(Labels::isText)
        && metadata.values().stream().allMatch(Labels::isText);
  }

  private static boolean isName(@Nullable String text) {
    return text == null
        || (!text.isEmpty() && text.codePointCount(0, text.length()) <= TEXT_MAX && isText(text));
  }

  /** PostgreSQL has no NUL, and half a surrogate pair is no character. */
  private static boolean isText(String text) {
    return text.codePoints()
        .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }
}
