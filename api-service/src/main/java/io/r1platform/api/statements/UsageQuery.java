package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * One page of buckets of the caller's own project. Buckets are whole UTC hours or days: the first
 * begins at or before {@code start_time}.
 *
 * @param from Unix seconds of the first bucket of the page
 * @param to where the page ends
 * @param end where the last page ends
 * @param width 1h or 1d
 */
record UsageQuery(
    long from,
    long to,
    long end,
    String width,
    Set<String> groupBy,
    @Nullable String apiKeyId,
    @Nullable String model,
    @Nullable String batch,
    @Nullable String endUser) {
  private static final long HOUR = 3_600;
  private static final long DAY = 24 * HOUR;
  private static final int END_USER_MAX = 512;
  private static final String PAGE = "page_";
  private static final Set<String> PARAMETERS =
      Set.of(
          "start_time",
          "end_time",
          "bucket_width",
          "group_by",
          "group_by[]",
          "project_id",
          "api_key_id",
          "model",
          "batch",
          "end_user",
          "limit",
          "page");

  /** Most buckets of a page, and how many unless the caller says. */
  private record Span(long seconds, int most, int usual) {}

  /** Reads what a caller sent; {@code dimensions} are what it may group by. */
  static UsageQuery of(
      MultiValueMap<String, String> sent, Caller caller, Set<String> dimensions, Instant now) {
    onlyKnown(sent);
    String width = text(sent, "bucket_width", "1d");
    Span span =
        switch (width) {
          case "1h" -> new Span(HOUR, 168, 24);
          case "1d" -> new Span(DAY, 31, 7);
          default -> throw invalid("bucket_width", "'bucket_width' is 1h or 1d.");
        };
    String begin = sent.getFirst("start_time");
    if (begin == null) {
      throw ServiceException.about(
          ErrorCode.MISSING_PARAMETER, "start_time", "'start_time', Unix seconds, is required.");
    }
    long start = seconds("start_time", begin);
    String until = sent.getFirst("end_time");
    long end = until == null ? now.getEpochSecond() + 1 : seconds("end_time", until);
    if (start >= end) {
      throw invalid("end_time", "'end_time' must be after 'start_time'.");
    }
    onlyOwnProject(sent.getFirst("project_id"), caller);
    long from =
        page(sent.getFirst("page"), Math.floorDiv(start, span.seconds) * span.seconds, span);
    long last = Math.ceilDiv(end, span.seconds) * span.seconds;
    int limit = limit(sent.getFirst("limit"), span);
    String key = sent.getFirst("api_key_id");
    if (key != null && !key.matches("\\d{1,18}")) {
      throw invalid("api_key_id", "'api_key_id' is a number of ours.");
    }
    String batch = sent.getFirst("batch");
    if (batch != null && !batch.matches("true|false")) {
      throw ServiceException.about(ErrorCode.INVALID_TYPE, "batch", "'batch' is true or false.");
    }
    return new UsageQuery(
        from,
        Math.max(from, Math.min(last, from + limit * span.seconds)),
        last,
        width,
        groupBy(sent, dimensions),
        key,
        sent.getFirst("model"),
        batch,
        endUser(sent.getFirst("end_user")));
  }

  /** Where the next page begins; null if this is the last. */
  @Nullable String nextPage() {
    return to < end ? PAGE + to : null;
  }

  long seconds() {
    return width.equals("1h") ? HOUR : DAY;
  }

  /** The path of a report of the caller's project with this query. */
  String on(String report, Caller caller) {
    var path = new StringBuilder();
    path.append(
        "/internal/v1/organizations/%d/projects/%d/%s?from=%d&to=%d&width=%s"
            .formatted(caller.organizationId(), caller.projectId(), report, from, to, width));
    if (!groupBy.isEmpty()) {
      path.append("&group_by=").append(String.join(",", groupBy));
    }
    if (apiKeyId != null) {
      path.append("&api_key_id=").append(apiKeyId);
    }
    if (model != null) {
      path.append("&model=").append(URLEncoder.encode(model, StandardCharsets.UTF_8));
    }
    if (batch != null) {
      path.append("&batch=").append(batch);
    }
    if (endUser != null) {
      path.append("&end_user=").append(URLEncoder.encode(endUser, StandardCharsets.UTF_8));
    }
    return path.toString();
  }

  private static @Nullable String endUser(@Nullable String user) {
    if (user != null && (user.isEmpty() || user.length() > 2 * END_USER_MAX)) {
      throw invalid("end_user", "'end_user' has 1 to %d characters.".formatted(END_USER_MAX));
    }
    return user;
  }

  /** A filter that is not understood would give the sums of more than was asked for. */
  private static void onlyKnown(MultiValueMap<String, String> sent) {
    sent.forEach(
        (name, values) -> {
          if (!PARAMETERS.contains(name)) {
            throw ServiceException.about(
                ErrorCode.UNSUPPORTED_PARAMETER, name, "'%s' is not supported.".formatted(name));
          }
          if (values.size() > 1 && !name.startsWith("group_by")) {
            throw ServiceException.about(
                ErrorCode.UNSUPPORTED_VALUE, name, "'%s' may be given once.".formatted(name));
          }
          if (values.stream().anyMatch(UsageQuery::hasNoMeaning)) {
            throw invalid(name, "'%s' has a NUL or half a character.".formatted(name));
          }
        });
  }

  /** Nothing that is stored has it. */
  private static boolean hasNoMeaning(@Nullable String value) {
    return value != null
        && value
            .codePoints()
            .anyMatch(
                c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }

  private static void onlyOwnProject(@Nullable String project, Caller caller) {
    if (project != null && !project.equals(Long.toString(caller.projectId()))) {
      throw ServiceException.about(
          ErrorCode.NOT_FOUND,
          "project_id",
          "This project does not exist or this key may not see it.");
    }
  }

  /** {@code group_by} once or often, with commas or not, with or without OpenAI's brackets. */
  private static Set<String> groupBy(MultiValueMap<String, String> sent, Set<String> dimensions) {
    List<String> values = new ArrayList<>();
    for (String name : List.of("group_by", "group_by[]")) {
      for (String value : sent.getOrDefault(name, List.of())) {
        values.addAll(List.of(Objects.requireNonNullElse(value, "").split(",", -1)));
      }
    }
    for (String value : values) {
      if (!dimensions.contains(value)) {
        throw ServiceException.about(
            ErrorCode.UNSUPPORTED_VALUE,
            "group_by",
            "'group_by' is any of " + String.join(", ", dimensions.stream().sorted().toList()));
      }
    }
    return new LinkedHashSet<>(values);
  }

  private static long page(@Nullable String page, long first, Span span) {
    if (page == null) {
      return first;
    }
    if (!page.matches(PAGE + "\\d{1,11}")) {
      throw invalid("page", "'page' is a 'next_page' of ours.");
    }
    long from = Long.parseLong(page.substring(PAGE.length()));
    if (from < first || from % span.seconds != 0) {
      throw invalid("page", "This page belongs to another question.");
    }
    return from;
  }

  private static int limit(@Nullable String limit, Span span) {
    if (limit == null) {
      return span.usual;
    }
    if (!limit.matches("\\d{1,4}")) {
      throw ServiceException.about(ErrorCode.INVALID_TYPE, "limit", "'limit' is a whole number.");
    }
    int wanted = Integer.parseInt(limit);
    if (wanted < 1 || wanted > span.most) {
      throw invalid("limit", "'limit' is 1 to %d buckets.".formatted(span.most));
    }
    return wanted;
  }

  private static long seconds(String name, String text) {
    if (!text.matches("\\d{1,11}")) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE, name, "'%s' is a time in Unix seconds.".formatted(name));
    }
    return Long.parseLong(text);
  }

  private static String text(MultiValueMap<String, String> sent, String name, String otherwise) {
    String value = sent.getFirst(name);
    return value == null ? otherwise : value;
  }

  private static ServiceException invalid(String param, String message) {
    return ServiceException.about(ErrorCode.INVALID_VALUE, param, message);
  }
}
