package io.r1platform.inference;

import java.net.http.HttpRequest;
import tools.jackson.databind.JsonNode;

/** A server that streams answers, and how it is asked. Each is a process of its own. */
interface MeasuredServer extends AutoCloseable {
  /** Asks for a greedy answer of so many tokens at most, streamed, reusing no computed prompt. */
  HttpRequest request(String question, int maxTokens) throws Exception;

  /** Whether this event's data brings text. */
  boolean bringsText(String data);

  /** What its last event says of the answer. */
  Counted counted(JsonNode last);

  /**
   * Tokens of one answer.
   *
   * @param prompt tokens of the prompt
   * @param output tokens generated
   * @param firstMillis from admission to the first token, as the server says; 0 if it does not
   */
  record Counted(int prompt, int output, long firstMillis) {}

  @Override
  void close();
}
