package io.r1platform.inference.generation;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.r1platform.engine.EngineOptions.Backend;
import io.r1platform.engine.EngineStats;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import io.r1platform.inference.observability.EngineMeter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one engine, tagged with model and backend. */
final class EngineMeters {
  private static final String MODEL = "model";
  private static final String BACKEND = "backend";
  private static final String REASON = "reason";

  /** Boundaries in milliseconds that the conventions advise. */
  private static final int[] DURATIONS = {
    10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 40_960, 81_920
  };

  private static final int[] FIRST_TOKENS = {
    1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000
  };

  private static final int[] TOKENS = {
    10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 2_500
  };

  private final MeterRegistry registry;
  private final String model;
  private final Tags tags;
  private final List<Meter> shown = new CopyOnWriteArrayList<>();

  EngineMeters(MeterRegistry registry, String model, Backend backend) {
    this.registry = registry;
    this.model = model;
    this.tags = Tags.of(MODEL, model, BACKEND, backend.name().toLowerCase(Locale.ROOT));
  }

  /** Shows what the engine does now; no value while there is no engine. */
  void show(Supplier<@Nullable EngineStats> stats, RequestQueue queue) {
    registry.counter( // a rise from nothing would be none to Prometheus
        EngineMeter.REJECTED.id(), tags.and(REASON, ErrorCode.ENGINE_OVERLOADED.code()));
    gauge(EngineMeter.REQUESTS_RUNNING, stats, EngineStats::running);
    gauge(EngineMeter.REQUESTS_WAITING, stats, now -> now.waiting() + queue.requests());
    gauge(EngineMeter.QUEUE_TOKENS, stats, _ -> queue.tokens());
    gauge(EngineMeter.KV_TOKENS_USED, stats, EngineStats::kvTokensUsed);
    gauge(EngineMeter.KV_TOKENS_CAPACITY, stats, EngineStats::kvTokensTotal);
    shown.add(
        FunctionTimer.builder(
                EngineMeter.STEP.id(),
                stats,
                supplier -> {
                  EngineStats now = supplier.get();
                  return now == null ? 0 : now.steps();
                },
                supplier -> {
                  EngineStats now = supplier.get();
                  return now == null ? 0 : (double) now.stepMicros();
                },
                TimeUnit.MICROSECONDS)
            .tags(tags)
            .register(registry));
  }

  /** The engine is gone: what it counted stays, what it does now has no value any more. */
  void hide() {
    shown.forEach(registry::remove);
    shown.clear();
  }

  /**
   * Counts what ended.
   *
   * @param millis from admission to the end
   */
  void ended(GenerationTask task, Ended ended, long millis) {
    Usage usage = ended.usage();
    boolean mayShare = task.cacheSalt() != 0;
    count(EngineMeter.PROMPT_TOKENS, usage.prompt());
    count(EngineMeter.PREFIX_QUERY_TOKENS, mayShare ? usage.prompt() : 0);
    count(EngineMeter.PREFIX_HIT_TOKENS, usage.promptHit());
    count(EngineMeter.OUTPUT_TOKENS, usage.output());
    count(EngineMeter.REASONING_TOKENS, usage.reasoning());
    time(EngineMeter.QUEUE, usage.queueMillis());
    if (usage.output() > 0) {
      time(EngineMeter.TIME_TO_FIRST_TOKEN, usage.ttftMillis());
    }
    if (usage.output() > 1) {
      double each = (double) (millis - usage.ttftMillis()) / (usage.output() - 1);
      registry.timer(EngineMeter.INTER_TOKEN.id(), tags).record(nanos(each), TimeUnit.NANOSECONDS);
    }
    conventional(task, ended, millis);
    registry
        .counter(EngineMeter.FINISHED.id(), tags.and(REASON, ended.finish().wire()))
        .increment();
  }

  /** As OpenTelemetry's semantic conventions for generative AI name and bound them. */
  private void conventional(GenerationTask task, Ended ended, long millis) {
    Usage usage = ended.usage();
    boolean chat = task.thinkCloseId() >= 0;
    Tags attributes =
        Tags.of(
            "gen_ai.operation.name",
            chat ? "chat" : "text_completion",
            "gen_ai.provider.name",
            "r1_platform",
            "gen_ai.request.model",
            model);
    String error = ended.failure() == null ? "none" : ended.failure().code().code();
    histogram(
        EngineMeter.GEN_AI_DURATION,
        DURATIONS,
        attributes.and("error.type", error),
        (double) millis);
    if (usage.output() > 0) {
      histogram(
          EngineMeter.GEN_AI_FIRST_TOKEN, FIRST_TOKENS, attributes, (double) usage.ttftMillis());
    }
    if (usage.output() > 1) {
      double each = (double) (millis - usage.ttftMillis()) / (usage.output() - 1);
      histogram(EngineMeter.GEN_AI_TOKEN, TOKENS, attributes, each);
    }
  }

  private void histogram(EngineMeter meter, int[] bounds, Tags attributes, double millis) {
    Timer.builder(meter.id())
        .tags(attributes)
        .serviceLevelObjectives(
            Arrays.stream(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
        .register(registry)
        .record(nanos(millis), TimeUnit.NANOSECONDS);
  }

  private static long nanos(double millis) {
    return Math.round(millis * 1e6);
  }

  void overrun(int tokens) {
    count(EngineMeter.OVERRUN_TOKENS, tokens);
  }

  void rejected(ErrorCode code) {
    registry.counter(EngineMeter.REJECTED.id(), tags.and(REASON, code.code())).increment();
  }

  private void gauge(
      EngineMeter meter,
      Supplier<@Nullable EngineStats> stats,
      ToDoubleFunction<EngineStats> value) {
    shown.add(
        Gauge.builder(
                meter.id(),
                () -> {
                  EngineStats now = stats.get();
                  return now == null ? Double.NaN : value.applyAsDouble(now);
                })
            .tags(tags)
            .register(registry));
  }

  private void count(EngineMeter meter, long tokens) {
    registry.counter(meter.id(), tags).increment((double) tokens);
  }

  private void time(EngineMeter meter, long millis) {
    registry.timer(meter.id(), tags).record(millis, TimeUnit.MILLISECONDS);
  }
}
