package io.r1platform.api.files;

import io.r1platform.api.RunningApi;

/** Opens the sweep to tests elsewhere. */
public final class FileSweeps {
  private FileSweeps() {}

  /** Sweeps now. */
  public static void sweep(RunningApi api) {
    api.bean(Files.class).sweep();
  }
}
