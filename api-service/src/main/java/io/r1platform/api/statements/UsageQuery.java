package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.statements.UsageShape.Width;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
 * @param seconds of a bucket
 * @param groupBy as callers name it
 */
record UsageQuery(
    UsageShape shape,
    long from,
    long to,
    long end,
    String width,
    long seconds,
    Set<String> groupBy,
    @Nullable String apiKeyId,
    @Nullable String model,
    @Nullable String batch,
    @Nullable String endUser) {
  private static final int END_USER_MAX = 512;
  private static final String PAGE = "page_";

  /** Reads what a caller sent. */
  static UsageQuery of(
      MultiValueMap<String, String> sent, Caller caller, UsageShape shape, Instant now) {
    onlyKnown(sent, shape);
    String name = text(sent, "bucket_width", "1d");
    Width width = width(name, shape);
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
    onlyOwnProject(sent, caller, shape);
    long first = Math.floorDiv(start, width.seconds()) * width.seconds();
    long last = Math.ceilDiv(end, width.seconds()) * width.seconds();
    long from = page(sent.getFirst("page"), first, last, width);
    int limit = limit(sent.getFirst("limit"), width);
    String batch = sent.getFirst("batch");
    if (batch != null && !batch.matches("true|false")) {
      throw ServiceException.about(ErrorCode.INVALID_TYPE, "batch", "'batch' is true or false.");
    }
    return new UsageQuery(
        shape,
        from,
        Math.min(last, from + limit * width.seconds()),
        last,
        name,
        width.seconds(),
        groupBy(sent, shape.dimensions()),
        key(sent, shape),
        shape.sent(sent, "model"),
        batch,
        endUser(sent.getFirst("end_user")));
  }

  /** Where the next page begins; null if this is the last. */
  @Nullable String nextPage() {
    return to < end ? PAGE + to : null;
  }

  /** The path of billing's report of the caller's project with this query. */
  String path(Caller caller) {
    var path = new StringBuilder();
    path.append(
        "/internal/v1/organizations/%d/projects/%d/%s?from=%d&to=%d&width=%s"
            .formatted(
                caller.organizationId(), caller.projectId(), shape.report(), from, to, width));
    if (!groupBy.isEmpty()) {
      var dimensions = new LinkedHashSet<String>();
      groupBy.forEach(name -> dimensions.add(UsageShape.dimension(name)));
      path.append("&group_by=").append(String.join(",", dimensions));
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

  private static Width width(String name, UsageShape shape) {
    Width width = shape.widths().get(name);
    if (width == null) {
      throw invalid(
          "bucket_width",
          "'bucket_width' is %s."
              .formatted(String.join(" or ", new TreeSet<>(shape.widths().keySet()))));
    }
    return width;
  }

  private static @Nullable String key(MultiValueMap<String, String> sent, UsageShape shape) {
    String key = shape.sent(sent, "api_key_id");
    if (key != null && !key.matches("\\d{1,18}")) {
      String name = shape.spelled("api_key_id");
      throw invalid(name, "'%s' is a number of ours.".formatted(name));
    }
    return key;
  }

  private static @Nullable String endUser(@Nullable String user) {
    if (user != null && (user.isEmpty() || user.length() > 2 * END_USER_MAX)) {
      throw invalid("end_user", "'end_user' has 1 to %d characters.".formatted(END_USER_MAX));
    }
    return user;
  }

  /** A filter that is not understood would give the sums of more than was asked for. */
  private static void onlyKnown(MultiValueMap<String, String> sent, UsageShape shape) {
    Set<String> known = shape.parameters();
    var seen = new HashSet<String>();
    sent.forEach(
        (name, values) -> {
          if (!known.contains(name)) {
            throw ServiceException.about(
                ErrorCode.UNSUPPORTED_PARAMETER, name, "'%s' is not supported.".formatted(name));
          }
          String bare = UsageShape.bare(name);
          if (!bare.equals("group_by") && (values.size() > 1 || !seen.add(bare))) {
            throw ServiceException.about(
                ErrorCode.UNSUPPORTED_VALUE, bare, "'%s' may be given once.".formatted(bare));
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

  private static void onlyOwnProject(
      MultiValueMap<String, String> sent, Caller caller, UsageShape shape) {
    String project = shape.sent(sent, "project_id");
    if (project != null && !project.equals(Long.toString(caller.projectId()))) {
      throw ServiceException.about(
          ErrorCode.NOT_FOUND,
          shape.spelled("project_id"),
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

  private static long page(@Nullable String page, long first, long last, Width width) {
    if (page == null) {
      return first;
    }
    if (!page.matches(PAGE + "\\d{1,11}")) {
      throw invalid("page", "'page' is a 'next_page' of ours.");
    }
    long from = Long.parseLong(page.substring(PAGE.length()));
    if (from < first || from >= last || from % width.seconds() != 0) {
      throw invalid("page", "This page belongs to another question.");
    }
    return from;
  }

  private static int limit(@Nullable String limit, Width width) {
    if (limit == null) {
      return width.usual();
    }
    if (!limit.matches("\\d{1,4}")) {
      throw ServiceException.about(ErrorCode.INVALID_TYPE, "limit", "'limit' is a whole number.");
    }
    int wanted = Integer.parseInt(limit);
    if (wanted < 1 || wanted > width.most()) {
      throw invalid("limit", "'limit' is 1 to %d buckets.".formatted(width.most()));
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
