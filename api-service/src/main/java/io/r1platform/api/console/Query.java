package io.r1platform.api.console;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The query of a call to billing: only parameters that we know, encoded anew. */
final class Query {
  private final Map<String, String> parameters = new LinkedHashMap<>();

  /** Those of {@code names} that the client sent and that are not empty. */
  static Query of(MultiValueMap<String, String> sent, String... names) {
    var query = new Query();
    for (String name : names) {
      query.with(name, sent.getFirst(name));
    }
    return query;
  }

  @Nullable String get(String name) {
    return parameters.get(name);
  }

  Query with(String name, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      parameters.put(name, value);
    }
    return this;
  }

  /** The UTC day of a parameter, or null if it was not sent. */
  @Nullable LocalDate day(String name) {
    return Fields.optionalDay(name, parameters.get(name));
  }

  /** {@code path} with the query. */
  String on(String path) {
    return parameters.isEmpty()
        ? path
        : parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&", path + "?", ""));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
