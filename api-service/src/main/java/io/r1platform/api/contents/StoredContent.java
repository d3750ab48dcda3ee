package io.r1platform.api.contents;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * A prompt and its answer as they are shown.
 *
 * @param createdAt when the request was admitted
 * @param expiresAt when it is deleted
 * @param path what it was posted to
 * @param request its body as it came, as text
 * @param status of the answer
 * @param contentType of the answer; null without one
 * @param answer as it went out, as text; null where it was refused after it had begun
 */
public record StoredContent(
    Instant createdAt,
    Instant expiresAt,
    String path,
    String request,
    int status,
    @Nullable String contentType,
    @Nullable String answer) {

  static StoredContent of(Contents.Found found) {
    Content content = found.content();
    var whole = new ByteArrayOutputStream();
    content.answer().forEach(whole::writeBytes);
    boolean none = whole.size() == 0;
    String type =
        content.streamed() && content.status() == HttpStatus.OK.value()
            ? MediaType.TEXT_EVENT_STREAM_VALUE
            : MediaType.APPLICATION_JSON_VALUE;
    return new StoredContent(
        found.row().admittedAt(),
        found.row().expiresAt(),
        content.path(),
        new String(content.request(), StandardCharsets.UTF_8),
        content.status(),
        none ? null : type,
        none ? null : whole.toString(StandardCharsets.UTF_8));
  }

  /** Without what was asked and said. */
  @Override
  public String toString() {
    return "StoredContent[" + path + ", " + status + "]";
  }
}
