package io.r1platform.billing.receipts;

import io.r1platform.billing.BillingFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets tests of other packages continue the log without waiting for its second. */
public final class Sequencing {
  private Sequencing() {}

  /** Gives all that waits its place. */
  public static void sequence(BillingFixture billing) {
    billing.bean(Sequencer.class).sequence();
  }

  /** Until the folder is as far as the log: the job of each second may be at it just now. */
  public static void publish(BillingFixture billing, Path folder) throws IOException {
    Path file = folder.resolve("checkpoint");
    do {
      billing.bean(LogPublisher.class).publish();
    } while (!Files.exists(file) || !Files.readString(file).equals(newest(billing)));
  }

  private static String newest(BillingFixture billing) {
    return billing.get("/internal/v1/log/checkpoint").body();
  }
}
