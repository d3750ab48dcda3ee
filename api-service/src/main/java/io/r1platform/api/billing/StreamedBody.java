package io.r1platform.api.billing;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a blocking stream on as fast as its reader takes it: a virtual thread reads, and waits
 * while {@value #CHUNKS} chunks of {@value #CHUNK_BYTES} bytes lie unread. For one reader. A stream
 * that breaks off breaks the answer off; it never looks whole.
 */
public final class StreamedBody implements Flow.Publisher<ByteBuffer> {
  private static final Logger log = LoggerFactory.getLogger(StreamedBody.class);
  private static final int CHUNK_BYTES = 65_536;
  private static final int CHUNKS = 8;
  private static final Executor THREADS =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("file-of-billing-", 0).factory());

  private final InputStream in;
  private final SubmissionPublisher<ByteBuffer> out = new SubmissionPublisher<>(THREADS, CHUNKS);

  /** Of a stream, which it closes. */
  public StreamedBody(InputStream in) {
    this.in = in;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> reader) {
    out.subscribe(reader);
    THREADS.execute(this::pass);
  }

  private void pass() {
    var chunk = new byte[CHUNK_BYTES];
    try (in) {
      int read = in.read(chunk);
      while (read >= 0 && out.hasSubscribers()) {
        out.submit(ByteBuffer.wrap(Arrays.copyOf(chunk, read)));
        read = in.read(chunk);
      }
      out.close();
    } catch (IOException e) {
      log.warn("a file broke off", e);
      // Without its cause: Spring takes an EOFException in the chain for a client that left, and
      // would end the answer as if it were whole.
      out.closeExceptionally(
          ServiceException.of(
              ErrorCode.BILLING_UNAVAILABLE,
              "billing-service broke the file off. Send the request again."));
    }
  }
}
