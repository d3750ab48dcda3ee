package io.r1platform.billing.invoices;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** The SQL that the thread that opened it sends through Spring, until it is closed. */
final class Statements extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger(JdbcTemplate.class);
  private final String thread = Thread.currentThread().getName();
  private final List<String> sent = new CopyOnWriteArrayList<>();

  Statements() {
    start();
    logger.setAdditive(false);
    logger.setLevel(Level.DEBUG);
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    if (event.getThreadName().equals(thread) && message.contains("statement [")) {
      sent.add(message);
    }
  }

  List<String> sent() {
    return List.copyOf(sent);
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(null);
    logger.setAdditive(true);
    stop();
  }
}
