package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run by {@code ./r1 test soak}: a {@link Soak} of {@code r1.soak.minutes}, and its memory. */
final class SoakFigures {
  private static final Duration LENGTH =
      Duration.ofMinutes(Integer.getInteger("r1.soak.minutes", 3));

  /** Of a heap of fixed, touched size garbage does not show, so that growth is native. */
  private static final List<String> JVM =
      List.of(
          "-Xms192m",
          "-Xmx192m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-classpath",
          System.getProperty("java.class.path"));

  private static final int THIRDS = 3;
  private static final double FLAT_PERCENT = 2;

  private static long median(List<Long> values, int third) {
    int size = values.size() / THIRDS;
    return values.subList(third * size, (third + 1) * size).stream()
        .sorted()
        .skip(size / 2)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void measure(@TempDir Path directory) throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var residentKib = new ArrayList<Long>();
    String told;
    try (var service =
        ServiceProcess.start(
            http,
            directory,
            JVM,
            Map.of(
                "r1.inference.models[0].path",
                Soak.NANO.toString(),
                "r1.inference.receipts.ship-backoff",
                "200ms"))) {
      var soak = new Soak(http, service);
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < LENGTH.toNanos() || residentKib.size() < THIRDS) {
        soak.round();
        residentKib.add(service.residentKib());
      }
      told = soak.toString();
    }
    long middle = median(residentKib, 1);
    long last = median(residentKib, 2);
    double change = 100.0 * (last - middle) / middle;
    Path figures = Files.createDirectories(Path.of("target/figures")).resolve("soak.txt");
    Files.writeString(
        figures,
        String.format(
            Locale.ROOT,
            "soak minutes=%d %s resident_kib_first=%d resident_kib_middle=%d resident_kib_last=%d"
                + " change_percent=%.2f%n",
            LENGTH.toMinutes(),
            told,
            residentKib.getFirst(),
            middle,
            last,
            change));
    assertThat(change).isLessThan(FLAT_PERCENT);
  }
}
