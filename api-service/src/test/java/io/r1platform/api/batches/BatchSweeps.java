package io.r1platform.api.batches;

import io.r1platform.api.RunningApi;

/** Opens the sweep to tests elsewhere. */
public final class BatchSweeps {
  private BatchSweeps() {}

  /** Sweeps now. */
  public static void sweep(RunningApi api) {
    api.bean(BatchSweep.class).sweep();
  }
}
