package io.r1platform.billing.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.observability.BillingMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Lets tests of other packages continue the log without waiting for its second. */
public final class Sequencing {
  private Sequencing() {}

  /** Gives all that waits its place. */
  public static void sequence(BillingFixture billing) {
    billing.bean(Sequencer.class).sequence();
  }

  /**
   * Until the folder is as far as the log, and what it needs no more is gone: the job of each
   * second may be at it just now.
   */
  public static void publish(BillingFixture billing, Path folder) throws IOException {
    Path file = folder.resolve("checkpoint");
    do {
      billing.bean(LogPublisher.class).publish();
    } while (!Files.exists(file) || !Files.readString(file).equals(newest(billing)));
    billing
        .sql()
        .sql("select pg_advisory_xact_lock(hashtext('billing.log.folder'))::text")
        .query(String.class)
        .list(); // whoever is at it has come to its end
  }

  /**
   * Of a folder that is as far as the log: were it of another log, or of another history of this
   * one as after a restore under the running service, it would stay, and the metric would say since
   * when. Leaves it without a checkpoint.
   */
  public static void assertLeavesOtherLogsAlone(BillingFixture billing, Path folder)
      throws IOException {
    Path file = folder.resolve("checkpoint");
    String signed = Files.readString(file);
    String[] lines = signed.split("\n", -1); // origin, size, root
    Files.writeString(file, signed.replace(lines[0], "other.test/log"));
    assertThatThrownBy(() -> publish(billing, folder)).hasMessageContaining("of other.test/log");
    String rewritten = signed.replace(lines[2], "A".repeat(43) + "=");
    Files.writeString(file, rewritten);
    assertThatThrownBy(() -> publish(billing, folder)).hasMessageContaining("are not the log's");
    Instant now = billing.clock().instant();
    billing.clock().set(now.plusSeconds(400));
    assertThat(secondsBehind(billing)).isGreaterThanOrEqualTo(400);
    billing.clock().set(now);
    assertThat(file).hasContent(rewritten);
    Files.delete(file);
    publish(billing, folder);
    assertThat(secondsBehind(billing)).isZero();
    Files.delete(file);
  }

  private static double secondsBehind(BillingFixture billing) {
    return billing
        .bean(MeterRegistry.class)
        .get(BillingMetric.LOG_FOLDER_BEHIND.meterName())
        .gauge()
        .value();
  }

  private static String newest(BillingFixture billing) {
    return billing.get("/internal/v1/log/checkpoint").body();
  }
}
