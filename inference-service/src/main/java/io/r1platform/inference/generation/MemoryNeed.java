package io.r1platform.inference.generation;

import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.ModelMemory;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.models.ModelPlan;
import io.r1platform.inference.models.ModelSizes;

/** What a model needs to be loaded, and the part of the free memory that it may have. */
record MemoryNeed(ModelMemory memory, EngineOptions.Sizes sizes) {
  /** One part in so many of what is free is left to others. */
  private static final int LEFT_TO_OTHERS = 10;

  /** Bytes without which it cannot run: the file, computing, one request of the longest context. */
  long least() {
    return fixed() + memory.cacheBytesMin(sizes);
  }

  /**
   * What it gets of {@code free} bytes: cache for all its requests, or for as many as fit.
   *
   * @throws ServiceException invalid_state with both numbers if it does not fit
   */
  ModelSizes grant(ModelPlan plan, long free) {
    long usable = usable(free);
    if (least() > usable) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE,
          ("'%s' needs %d bytes: %d for the file, %d for the cache of one context, %d to compute."
                  + " %d are free, less 10 %%. Unload a model or ask for a smaller context.")
              .formatted(
                  plan.name(),
                  least(),
                  memory.fileBytes(),
                  memory.cacheBytesMin(sizes),
                  memory.computeBytes(sizes),
                  usable));
    }
    long cache = Math.min(memory.cacheBytesMax(sizes), usable - fixed());
    return new ModelSizes(memory.fileBytes(), cache, memory.computeBytes(sizes));
  }

  /** The part of so many free bytes that a model may have. */
  static long usable(long free) {
    return free - free / LEFT_TO_OTHERS;
  }

  /** Its limit as the engine takes it; 0 = all that it wants. */
  long limitOf(ModelSizes granted) {
    return granted.cache() < memory.cacheBytesMax(sizes) ? memory.limitFor(granted.cache()) : 0;
  }

  private long fixed() {
    return memory.fileBytes() + memory.computeBytes(sizes);
  }
}
