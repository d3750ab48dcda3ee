package io.r1platform.api.relay;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;

/** What HTTP lets a client write beside a body, and few clients do. */
final class FuzzOddities {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FROB", "get");

  private static final List<String> SEGMENTS =
      List.of(
          "",
          ".",
          "..",
          "%2e%2e",
          "..%2f..%2fadmin",
          "%00",
          "a%00b",
          "%",
          "%zz",
          "%c3%28",
          "%f0%9f%98%80",
          "\u00e9\u00ff",
          ";x=1",
          "a;b=c/d",
          "a//b",
          "\\",
          "%5c",
          "|{}^`\"<>",
          "[x]",
          "a:b@c",
          "a?b#c",
          "*",
          "%0d%0aX-Evil:%201",
          "null",
          "-1",
          "chatcmpl-",
          "00000000-0000-0000-0000-000000000000",
          "cmpl-ffffffff-ffff-ffff-ffff-ffffffffffff",
          "x".repeat(3_000),
          "y".repeat(9_000));

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "x",
          "\u00e9\u00ff",
          "a b",
          "a,b",
          "a\tb",
          "0",
          "-1",
          "007",
          "1.5",
          "999999999",
          "9999999999999999999",
          "k".repeat(255),
          "k".repeat(256),
          "k".repeat(9_000));

  private static final List<String> CONTENT_TYPES =
      List.of(
          "",
          "text/plain",
          "application/json; charset=utf-16",
          "application/json; charset=nonsense",
          "application/json;;;",
          "APPLICATION/JSON",
          "application/problem+json",
          "application/x-www-form-urlencoded",
          "multipart/form-data",
          "multipart/form-data; boundary=",
          "*/*",
          "nonsense",
          "application/\u00e9");

  private static final List<String> KEYS =
      List.of(
          "",
          "Bearer",
          "Bearer ",
          "Bearer x",
          "Basic eDp5",
          "Bearer sk-r1-",
          "Bearer sk-r1-" + "A".repeat(46),
          "Bearer \u00e9",
          "Bearer " + "k".repeat(5_000));

  private static final List<String> OTHERS =
      List.of(
          "Accept: text/html",
          "Accept: nonsense",
          "Accept: text/event-stream",
          "Accept: application/xml;q=2",
          "Accept-Language: x-\u00e9",
          "Accept-Charset: utf-7",
          "Connection: close",
          "Content-Encoding: gzip",
          "Cookie: SESSION=x; r1=\u00ff",
          "Expect: 100-continue",
          "Forwarded: for=\"[::1\";proto=ftp",
          "If-Match: \"1\"",
          "If-Modified-Since: yesterday",
          "If-None-Match: *",
          "Origin: http://evil.example",
          "Range: bytes=0-0",
          "TE: trailers",
          "Traceparent: 00-x-y-z",
          "Transfer-Encoding: chunked",
          "Upgrade: websocket",
          "X-Forwarded-For: 1.2.3.4, \u00e9",
          "X-Forwarded-Host: evil.example:99999",
          "X-Forwarded-Prefix: /../x",
          "X-HTTP-Method-Override: DELETE",
          "x-r1-class: batch",
          "x-r1-max-tokens: 9999999",
          "x-r1-request-id: 00000000-0000-0000-0000-000000000000",
          "x-r1-timeout: -1",
          "X-Request-Id: ../x");

  private FuzzOddities() {}

  /** A method that the path does not have, or that means something to HTTP itself. */
  static String method(FuzzOperation operation, List<FuzzOperation> all, RandomGenerator random) {
    List<String> known =
        all.stream()
            .filter(other -> other.path().equals(operation.path()))
            .map(FuzzOperation::method)
            .toList();
    List<String> others = METHODS.stream().filter(method -> !known.contains(method)).toList();
    return pick(others, random);
  }

  /** Puts something odd into the path, behind what makes it the tenant API's. */
  static void path(FuzzRequest request, RandomGenerator random) {
    String segment = pick(SEGMENTS, random);
    String template = request.operation.path();
    if (template.contains("{") && random.nextInt(4) > 0) {
      request.path = template.replaceFirst("\\{[^}]*}", Matcher.quoteReplacement(segment));
      request.path = request.path.replaceAll("\\{[^}]*}", "x");
    } else {
      request.path = "/v1/" + (random.nextBoolean() ? "" : "models/") + segment;
    }
  }

  static String query(
      String good, FuzzOperation operation, FuzzValues values, RandomGenerator random) {
    List<String> names = operation.in("query").stream().map(FuzzOperation.Parameter::name).toList();
    String name = names.isEmpty() || random.nextInt(5) == 0 ? "x" : pick(names, random);
    String odd =
        switch (random.nextInt(5)) {
          case 0 -> FuzzRequests.encoded(values.odd(random).toString());
          case 1 -> pick(SEGMENTS, random).replaceAll("[?#]", "");
          default -> FuzzRequests.encoded(pick(FuzzValues.ODD_TEXT, random));
        };
    return switch (random.nextInt(8)) {
      case 0 -> "";
      case 1 -> good + "&&=&%";
      case 2 -> good + "&" + name + "&" + name;
      case 3 -> name + "[]=" + odd + "&" + good;
      default -> good.replaceAll("(^|&)" + name + "=[^&]*", "") + "&" + name + "=" + odd;
    };
  }

  static void headers(FuzzRequest request, RandomGenerator random) {
    for (int i = random.nextInt(3); i >= 0; i--) {
      switch (random.nextInt(12)) {
        case 0 -> request.without("Authorization");
        case 1 -> request.header("Authorization", pick(KEYS, random));
        case 2 -> request.headers.add("Authorization: " + pick(KEYS, random));
        case 3 -> request.without("Content-Type");
        case 4 -> request.header("Content-Type", pick(CONTENT_TYPES, random));
        case 5 -> request.header("Idempotency-Key", pick(TEXTS, random));
        case 6 -> request.headers.add("Idempotency-Key: " + pick(TEXTS, random));
        case 7 -> request.header("Last-Event-ID", pick(TEXTS, random));
        case 8 -> request.header("Host", pick(TEXTS, random));
        case 9 -> {
          for (int n = 0; n < 200; n++) {
            request.headers.add("x-many-" + n + ": " + n);
          }
        }
        default -> request.headers.add(pick(OTHERS, random));
      }
    }
  }

  private static String pick(List<String> from, RandomGenerator random) {
    return from.get(random.nextInt(from.size()));
  }
}
