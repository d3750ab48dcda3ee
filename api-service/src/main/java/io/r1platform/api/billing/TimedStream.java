package io.r1platform.api.billing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream each of whose reads may take so long; one that takes longer closes it, and fails. */
final class TimedStream extends FilterInputStream {
  private final Duration longest;

  TimedStream(InputStream in, Duration longest) {
    super(in);
    this.longest = longest;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    var reading = new CompletableFuture<Void>();
    reading.orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> giveUp());
    int read;
    try {
      read = super.read(bytes, offset, length);
    } catch (IOException e) {
      if (reading.complete(null)) {
        throw e;
      }
      throw new HttpTimeoutException("nothing came in " + longest);
    }
    if (!reading.complete(null)) { // a stream that was closed looks as if it had ended
      throw new HttpTimeoutException("nothing came in " + longest);
    }
    return read;
  }

  private @Nullable Void giveUp() {
    try {
      close();
    } catch (IOException e) {
      // What waits for it fails all the same.
    }
    return null;
  }
}
