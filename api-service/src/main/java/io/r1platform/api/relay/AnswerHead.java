package io.r1platform.api.relay;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** The headers that every answer has. */
final class AnswerHead {
  private AnswerHead() {}

  static void write(HttpHeaders headers, boolean stream) {
    headers.setContentType(stream ? MediaType.TEXT_EVENT_STREAM : MediaType.APPLICATION_JSON);
    headers.setCacheControl("no-store");
    headers.set("x-accel-buffering", "no");
  }
}
