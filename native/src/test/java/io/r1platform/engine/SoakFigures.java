package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Figure {@code soak}: random loads, unloads and cancels in a process of its own for {@code
 * r1.soak.seconds}; what it holds with nothing loaded, early and late.
 */
class SoakFigures {
  private static final int SECONDS = Integer.getInteger("r1.soak.seconds", 60);
  private static final Pattern TOLD =
      Pattern.compile(
          "loads (\\d+) requests (\\d+) cancelled (\\d+) ends (\\d+) cut_off (\\d+) rounds (\\d+)"
              + " first (\\d+) last (\\d+)");

  @Test
  void soak() {
    ChildJvm.Result result =
        ChildJvm.run(
            Soak.class,
            "-Dr1.soak.seconds=" + SECONDS,
            "-Xms96m",
            "-Xmx96m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");
    assertThat(result.exitCode()).as(result.output()).isZero();
    Matcher told = TOLD.matcher(result.output());
    assertThat(told.find()).as(result.output()).isTrue();
    double first = Double.parseDouble(told.group(7));
    double change = 100 * (Double.parseDouble(told.group(8)) - first) / first;
    Figures.write(
        "soak",
        "seconds=%d rounds=%s loads=%s requests=%s cancelled=%s ends=%s cut_off=%s"
            + " resident_kib_early=%s resident_kib_late=%s change_percent=%.2f",
        SECONDS,
        told.group(6),
        told.group(1),
        told.group(2),
        told.group(3),
        told.group(4),
        told.group(5),
        told.group(7),
        told.group(8),
        change);
    long requests = Long.parseLong(told.group(2));
    assertThat(Long.parseLong(told.group(4)) + Long.parseLong(told.group(5))).isEqualTo(requests);
    assertThat(Long.parseLong(told.group(3))).isPositive();
    assertThat(change).isBetween(-2.0, 2.0);
  }
}
