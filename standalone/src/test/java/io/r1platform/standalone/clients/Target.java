package io.r1platform.standalone.clients;

/**
 * Where a client goes.
 *
 * @param url without a path
 * @param key of a tenant with money
 * @param model answers sums
 */
public record Target(String url, String key, String model) {
  public static final String QUESTION = "What is 347 + 589?";
  public static final String ANSWER = "936";

  /** A schema that the smallest model fills, too. */
  static final String SCHEMA =
      """
      {"type":"object","properties":{"sure":{"type":"boolean"}},"required":["sure"],
       "additionalProperties":false}\
      """;

  String v1() {
    return url + "/v1";
  }
}
