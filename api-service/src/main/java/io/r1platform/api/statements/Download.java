package io.r1platform.api.statements;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file on its way from billing to a tenant, and its place; both are given back together. */
final class Download implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Download.class);

  private final FreeCalls.Place place;
  private @Nullable InputStream in;
  private boolean closed;

  Download(FreeCalls.Place place) {
    this.place = place;
  }

  /** Has what was found, which is closed with this, at once if this is closed. */
  InputStream of(InputStream found) {
    synchronized (this) {
      in = found;
      if (!closed) {
        return found;
      }
    }
    close();
    return found;
  }

  /** Does not block. */
  @Override
  public void close() {
    InputStream open;
    synchronized (this) {
      closed = true;
      open = in;
    }
    place.close();
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      log.debug("a download could not be closed", e);
    }
  }
}
