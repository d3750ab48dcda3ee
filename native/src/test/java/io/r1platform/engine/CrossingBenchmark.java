package io.r1platform.engine;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One poll of a ring that the simulated engine has filled before, and the reading of its events.
 * The audit of every token is in it, as in production; the streams' own handling of tokens is not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // fields are set by the set-up
public class CrossingBenchmark {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int TOKENS = 100_000;
  private static final int[] PROMPT = {1, 2, 3};
  private static final Duration WAIT = Duration.ofSeconds(1);
  static final long FILLING_NANOS = 2_000_000;

  /** Requests that generate at once. */
  @Param({"64", "512"})
  public int streams;

  private Engine engine;
  private EventBuffer events;
  private long lastId;
  private int open;

  /** Of the iteration, beside its time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Counters {
    /** Tokens that were read. */
    public long tokens;

    /** Calls that read them. */
    public long polls;

    /** Bytes of the heap that the calls and the reading took, by the thread's own counter. */
    public long bytes;
  }

  /** Opens the engine. */
  @Setup
  public void open() {
    engine =
        Fixture.open(
            EngineOptions.of(EngineOptions.Backend.SIM, Path.of("r1-8xb200"))
                .withSimulation(true)
                .withBackendJson("{\"clock\":\"virtual\"}")
                .withRequests(streams, 0));
    events = new EventBuffer(16_384);
  }

  /** Closes it. */
  @TearDown
  public void close() {
    engine.close();
  }

  /** Leaves time to fill the ring; not measured. */
  @Setup(Level.Invocation)
  public void fill() {
    while (open < streams) {
      engine.submit(GenerationRequest.greedy(++lastId, PROMPT, TOKENS).ignoringEnd());
      open++;
    }
    LockSupport.parkNanos(FILLING_NANOS);
  }

  /** What is measured; the sum is read, so that reading the events is not left out. */
  @Benchmark
  public long poll(Counters counters) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    engine.poll(events, WAIT);
    long sum = 0;
    while (events.next()) {
      if (events.kind() == EventBuffer.Kind.TOKEN) {
        counters.tokens++;
        sum += events.tokenId() + events.requestId() + events.pieceLength();
      } else {
        open--;
      }
    }
    counters.polls++;
    counters.bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
    return sum;
  }
}
