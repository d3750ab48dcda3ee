package io.r1platform.billing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tries each command of a person dry before it is carried out: that must get the same status and
 * the same members, and leave no word in the log and no count. Only on the test's own thread.
 */
public final class DryFirst {
  private static final String BASE = "/internal/v1/";
  private static final Pattern COMMAND =
      Pattern.compile(
          BASE
              + "(budgets|webhook-targets|organizations|commitments|prices/(drafts|versions"
              + "|calendars)|held|streams/holes|refused-payments|invoices|tax-rules)(/.*)?");
  private static final Set<String> DONE = new ConcurrentSkipListSet<>();

  private final Thread owner = Thread.currentThread();
  private final MeterRegistry meters;
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.r1platform.billing");

  DryFirst(MeterRegistry meters) {
    this.meters = meters;
    said.start();
    logger.addAppender(said);
  }

  /** Kinds of commands of invoices. */
  public static String[] invoices() {
    return new String[] {
      "invoices/N/finalize",
      "invoices/N/void",
      "invoices/N/credit-notes",
      "invoices/N/waivers",
      "organizations/N/billing-profile",
      "tax-rules"
    };
  }

  /** Kinds of commands, ids as {@code N}, that were carried out by any test of this process. */
  public static Set<String> done() {
    return Set.copyOf(DONE);
  }

  /** Null where the path is no such command. */
  BillingFixture.@Nullable Answer run(
      String path, Function<String, BillingFixture.Answer> posting) {
    boolean isCommand = COMMAND.matcher(path).matches() && !path.endsWith("/preview");
    if (!isCommand || Thread.currentThread() != owner) {
      return null;
    }
    Map<String, Double> counted = counted();
    said.list.clear();
    var answer = posting.apply(BASE + "dry-run/" + path.substring(BASE.length()));
    if (answer.status() < 300) {
      assertThat(words()).as(path).isEmpty();
      assertThat(counted()).as(path).isEqualTo(counted);
    }
    return answer;
  }

  private List<String> words() {
    return List.copyOf(said.list).stream()
        .filter(event -> !event.getThreadName().startsWith("scheduling"))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private Map<String, Double> counted() {
    Map<String, Double> counted = new TreeMap<>();
    for (String name : List.of("r1.billing.adjustments", "r1.billing.unleased")) {
      for (Counter counter : meters.find(name).counters()) {
        counted.put(counter.getId().toString(), counter.count());
      }
    }
    return counted;
  }

  /** What it said dry is what it said then. */
  void compare(String path, BillingFixture.Answer dry, BillingFixture.Answer answer) {
    assertThat(dry.status()).as("%s: %s", path, dry.body()).isEqualTo(answer.status());
    if (answer.status() < 300) {
      DONE.add(path.substring(BASE.length()).replaceAll("/[0-9]+", "/N"));
      if (!answer.body().isEmpty() && answer.json() instanceof ObjectNode object) {
        assertThat(((ObjectNode) dry.json()).propertyNames())
            .as(path)
            .isEqualTo(object.propertyNames());
      }
    }
  }

  void close(String... kinds) {
    logger.detachAppender(said);
    if (kinds.length > 0) {
      assertThat(DONE).contains(kinds);
    }
  }
}
