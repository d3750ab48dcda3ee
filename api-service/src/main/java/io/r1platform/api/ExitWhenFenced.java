package io.r1platform.api;

import io.r1platform.api.metering.JournalFenced;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/**
 * A replica whose place a peer has taken can never serve again: once its streams have ended with an
 * error, its process ends too, and its supervisor starts it under a new epoch.
 */
final class ExitWhenFenced implements ApplicationListener<PayloadApplicationEvent<JournalFenced>> {
  /** EX_TEMPFAIL of sysexits.h: start it again. */
  static final int CODE = 75;

  private static final Logger log = LoggerFactory.getLogger(ExitWhenFenced.class);

  private final IntConsumer exit;

  ExitWhenFenced(IntConsumer exit) {
    this.exit = exit;
  }

  @Override
  public void onApplicationEvent(PayloadApplicationEvent<JournalFenced> event) {
    var context = (ApplicationContext) event.getSource();
    Thread.ofPlatform()
        .name("fenced")
        .start(
            () -> {
              log.error("a peer has taken this replica's place: the process ends, code {}", CODE);
              exit.accept(SpringApplication.exit(context, () -> CODE));
            });
  }
}
