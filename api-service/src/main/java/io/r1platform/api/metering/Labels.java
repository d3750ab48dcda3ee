package io.r1platform.api.metering;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a caller calls its request. It travels beside the usage record, never in it, so that a
 * receipt neither shows nor fixes it.
 *
 * @param clientReference the caller's own id of the request, or null
 * @param endUser for whom the caller asks, or null
 * @param metadata of the caller, in its order
 */
public record Labels(
    @Nullable String clientReference, @Nullable String endUser, Map<String, String> metadata) {
  /** A request that has none. */
  public static final Labels NONE = new Labels(null, null, Map.of());

  /** Most bytes of a request's labels, above all that the tenant API's limits let through. */
  public static final int MOST_BYTES = 65_536;

  private static final Logger log = LoggerFactory.getLogger(Labels.class);
  private static final byte[] NOTHING = {};

  public Labels {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** The same with the caller's own id of the request. */
  public Labels referredToAs(@Nullable String reference) {
    return reference == null ? this : new Labels(reference, endUser, metadata);
  }

  /**
   * A JSON object of what is there, in UTF-8; nothing at all where nothing is, or more than may be:
   * labels never stop the journal.
   */
  byte[] bytes() {
    if (equals(NONE)) {
      return NOTHING;
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
    byte[] bytes = JsonMapper.shared().writeValueAsBytes(json);
    if (bytes.length > MOST_BYTES) {
      log.error(
          "Labels of {} bytes are left out; the request is charged all the same", bytes.length);
      return NOTHING;
    }
    return bytes;
  }

  /** Reads what {@link #bytes} wrote; what cannot be read is none. */
  static Labels read(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return NONE;
    }
    try {
      JsonNode json = JsonMapper.shared().readTree(bytes);
      var metadata = new LinkedHashMap<String, String>();
      json.path("metadata").properties().forEach(pair -> metadata.put(pair.getKey(), text(pair)));
      return new Labels(
          json.path("client_reference").stringValue(null),
          json.path("end_user").stringValue(null),
          metadata);
    } catch (JacksonException e) {
      return NONE;
    }
  }

  private static String text(Map.Entry<String, JsonNode> pair) {
    return pair.getValue().stringValue("");
  }
}
