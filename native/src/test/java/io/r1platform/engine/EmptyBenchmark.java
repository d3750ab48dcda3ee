package io.r1platform.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Nothing, with the pauses of {@link CrossingBenchmark}: what JMH's profiler shows of JMH. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EmptyBenchmark {
  /** As long as the ring is given to fill. */
  @Setup(Level.Invocation)
  public void pause() {
    LockSupport.parkNanos(CrossingBenchmark.FILLING_NANOS);
  }

  /** Nothing. */
  @Benchmark
  public long nothing() {
    return 0;
  }
}
