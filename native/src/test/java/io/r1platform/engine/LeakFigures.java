package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Figure {@code leaks}: 10,000 requests of many lengths and salts, at least 30 % of them cancelled
 * at random, in a process of its own; what it holds in memory after the first thousand and at the
 * end.
 */
class LeakFigures {
  @Test
  void leaks() {
    ChildJvm.Result result =
        ChildJvm.run(
            CancelledRequests.class,
            "-Xms96m",
            "-Xmx96m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");
    assertThat(result.exitCode()).as(result.output()).isZero();
    Matcher found =
        Pattern.compile("cancelled (\\d+) ends (\\d+) before (\\d+) after (\\d+) kv (\\d+)")
            .matcher(result.output());
    assertThat(found.find()).as(result.output()).isTrue();
    double before = Double.parseDouble(found.group(3));
    double after = Double.parseDouble(found.group(4));
    double change = 100 * (after - before) / before;
    Figures.write(
        "leaks",
        "requests=10000 cancelled=%s ends=%s resident_kib_before=%s resident_kib_after=%s"
            + " change_percent=%.2f kv_tokens_used=%s",
        found.group(1),
        found.group(2),
        found.group(3),
        found.group(4),
        change,
        found.group(5));
    assertThat(Integer.parseInt(found.group(1))).isBetween(3_000, 4_000);
    assertThat(change).isBetween(-2.0, 2.0);
    assertThat(found.group(2)).isEqualTo("10000");
    assertThat(found.group(5)).isEqualTo("0");
  }
}
