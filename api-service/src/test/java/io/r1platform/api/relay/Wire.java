package io.r1platform.api.relay;

import java.net.http.HttpResponse;

/** Pieces of the inner protocol. */
final class Wire {
  static final String KEEP_ALIVE = ": keep-alive\n\n";
  static final String DONE = "data: [DONE]\n\n";

  /** The line with the receipt, a pattern. */
  static final String RECEIPT = ": receipt v1\\.[A-Za-z0-9_-]{246}\n";

  private Wire() {}

  /** A stream without its receipt, which no two have the same. */
  static String bare(HttpResponse<String> stream) {
    return stream.body().replaceFirst(RECEIPT, "");
  }

  /** A chunk that carries the output up to {@code tokens}. */
  static String token(int tokens, String field, String text) {
    return "id: "
        + tokens
        + "\ndata: {\"id\":\"chatcmpl-x\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
        + "\"delta\":{\""
        + field
        + "\":\""
        + text
        + "\"},\"finish_reason\":null}],\"usage\":null}\n\n";
  }

  /** The chunk that says why it ended. */
  static String finish(int tokens, String reason) {
    return "id: "
        + tokens
        + "\ndata: {\"id\":\"chatcmpl-x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""
        + reason
        + "\"}],\"usage\":null}\n\n";
  }

  /** The usage object of 12 prompt tokens, 2 of them cached. */
  static String usage(int reasoning, int answer) {
    int output = reasoning + answer;
    return "\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":%d,\"total_tokens\":%d,\"prompt_cache_hit_tokens\":2,\"prompt_cache_miss_tokens\":10,\"prompt_tokens_details\":{\"cached_tokens\":2},\"completion_tokens_details\":{\"reasoning_tokens\":%d}}"
        .formatted(output, output + 12, reasoning);
  }

  /** Our own member beside it. */
  static String r1(String finish) {
    return "\"r1\":{\"finish\":\"%s\",\"output_sha256\":\"%s\",\"ttft_ms\":5,\"queue_ms\":1}"
        .formatted(finish, "12".repeat(32));
  }

  /** The chunk with the usage, as the engine sends it. */
  static String usageChunk(int reasoning, int answer, String finish) {
    return "id: "
        + (reasoning + answer)
        + "\ndata: {\"id\":\"chatcmpl-x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"r1-nano\",\"choices\":[],"
        + usage(reasoning, answer)
        + ","
        + r1(finish)
        + "}\n\n";
  }
}
