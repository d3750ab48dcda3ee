package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** Turns signals into bytes. Used by one thread at a time. */
sealed interface AnswerWriter permits SseWriter, JsonWriter {
  /** How an answer that goes well begins. */
  MediaType mediaType();

  /** Bytes for new text; may be none. */
  byte[] delta(Signal.Delta delta);

  /** Bytes for the end of one of several choices; may be none. */
  byte[] finished(Signal.Finished finished);

  /** Bytes for a client that has waited in silence. */
  byte[] silence();

  /**
   * The last bytes.
   *
   * @param begun whether bytes have left; else a failure may still choose the status
   */
  Last end(Signal.End end, boolean begun);

  /**
   * The end of an answer.
   *
   * @param status of the answer, if nothing has left yet
   * @param mediaType of the answer, if nothing has left yet
   * @param bytes what is left to send
   * @param retryAfter when a repeat may succeed, if nothing has left yet; null = it is not known
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Last(int status, MediaType mediaType, byte[] bytes, @Nullable Duration retryAfter) {
    /** After an answer that has begun, or a whole one. */
    static Last good(MediaType mediaType, byte[] bytes) {
      return new Last(200, mediaType, bytes, null);
    }

    /** A failure before any byte left. */
    static Last of(ServiceException failure, byte[] bytes) {
      return new Last(
          failure.code().httpStatus(), MediaType.APPLICATION_JSON, bytes, failure.retryAfter());
    }
  }
}
