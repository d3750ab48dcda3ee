package io.r1platform.inference.generation;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.EngineOptions.Backend;
import io.r1platform.engine.ModelMemory;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.memory.FreeMemory;
import io.r1platform.inference.models.ModelPlan;
import io.r1platform.inference.models.ModelSizes;
import io.r1platform.inference.models.Models;
import io.r1platform.inference.models.ServedModel;
import io.r1platform.inference.observability.RequestTraces;
import io.r1platform.inference.receipts.Receipts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The engines of this process, one for each model; models come and go while others are served. */
@Component
public final class Engines {
  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

  /** Requests that an engine may hold beside the running ones while it ends others. */
  private static final int SLACK = 16;

  private final EngineHost.Shared shared;
  private final Map<String, EngineHost> hosts = new ConcurrentHashMap<>();
  private final FreeMemory memory = new FreeMemory(Path.of("/"));
  private final ReentrantLock changing = new ReentrantLock();
  private final ProcessExit exit;
  private volatile boolean ending;

  Engines(
      GenerationSettings settings,
      Models models,
      Receipts receipts,
      Clock clock,
      MeterRegistry registry,
      RequestTraces traces,
      ProcessExit exit) {
    this.shared =
        new EngineHost.Shared(
            settings,
            models,
            receipts,
            clock,
            registry,
            traces,
            new LiveGenerations(),
            new AtomicLong());
    this.exit = exit;
  }

  /** What all of them generate. */
  LiveGenerations live() {
    return shared.live();
  }

  /** Begins to load what is configured; what does not fit is listed as failed. */
  void begin() {
    changing.lock();
    try {
      for (ModelPlan plan : shared.models().configured()) {
        ServedModel model = shared.models().add(plan);
        try {
          open(model);
        } catch (ServiceException e) {
          LOG.error("{} is not loaded: {}", plan.name(), e.explanation());
          model.failed(e.explanation());
        }
      }
    } finally {
      changing.unlock();
    }
  }

  /**
   * Begins to load one more.
   *
   * @throws ServiceException invalid_state if its name or number is taken, it does not fit, or this
   *     process takes no more; invalid_value if it cannot be loaded at all
   */
  void load(ModelPlan plan) {
    changing.lock();
    try {
      ServedModel model = shared.models().add(plan);
      try {
        open(model);
      } catch (RuntimeException e) {
        shared.models().remove(model);
        throw e;
      }
    } finally {
      changing.unlock();
    }
  }

  /**
   * Begins to unload one: it takes nothing more, and is gone when what it runs has ended, at the
   * latest after the drain time. Harmless while that goes on.
   *
   * @throws ServiceException model_not_found; invalid_state for TensorRT-LLM
   */
  void unload(String name) {
    refuse(
        shared.settings().backend() == Backend.TRTLLM,
        "A TensorRT-LLM model ends with its process, and not before.");
    EngineHost host;
    changing.lock();
    try {
      ServedModel model = shared.models().find(name).orElseThrow(() -> Models.notHere(name));
      if (!model.unloading()) {
        return;
      }
      host = hosts.get(name);
      if (host == null) { // it never had an engine
        shared.models().remove(model);
        return;
      }
    } finally {
      changing.unlock();
    }
    host.refuse();
    Thread.ofPlatform().name("r1-unload-" + name).start(new Unload(shared, host, this::gone));
  }

  Collection<EngineHost> all() {
    return hosts.values();
  }

  /** The engine of a model; model_not_found if there is none. */
  EngineHost require(String model) {
    EngineHost host = find(model);
    if (host == null) {
      throw Models.notHere(model);
    }
    return host;
  }

  @Nullable EngineHost find(String model) {
    return hosts.get(model);
  }

  /** The process drains. */
  void loadNoMore() {
    ending = true;
    shared.models().drain();
  }

  /** Closes them all, within one time for all. */
  void end(Duration longest) throws InterruptedException {
    hosts.values().forEach(EngineHost::stop);
    Instant end = shared.clock().instant().plus(longest);
    for (EngineHost host : hosts.values()) {
      Duration left = Duration.between(shared.clock().instant(), end);
      var unused = host.end(left.isPositive() ? left : Duration.ofMillis(1));
    }
  }

  private void open(ServedModel model) {
    refuse(ending, "The service is shutting down.");
    refuse(
        shared.settings().backend() == Backend.TRTLLM && !hosts.isEmpty(),
        "A process has one TensorRT-LLM model. Start another process for this one.");
    try {
      var host = new EngineHost(shared, model, withinMemory(model), this::survives);
      hosts.put(model.name(), host);
      host.begin();
    } catch (EngineException | IllegalArgumentException | ArithmeticException e) {
      throw ServiceException.of(
          ErrorCode.INVALID_VALUE, Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }

  /** How to open it so that it fits beside the others. */
  private EngineOptions withinMemory(ServedModel model) {
    GenerationSettings settings = shared.settings();
    ModelPlan plan = model.plan();
    EngineOptions options =
        EngineOptions.of(settings.backend(), plan.path())
            .withBackendJson(settings.backendOptions())
            .withRequests(settings.maxRunning(plan), SLACK)
            .withContextTokens(settings.contextTokens(plan))
            .withThreads(settings.threads());
    OptionalLong free = memory.bytes();
    if (settings.backend() != Backend.LLAMACPP || free.isEmpty()) {
      return options;
    }
    var need = new MemoryNeed(ModelMemory.of(plan.path()), options.sizes());
    ModelSizes granted = need.grant(plan, Math.max(0, free.getAsLong() - taken(plan.path())));
    model.takes(granted);
    return options.withMemoryBytesMax(need.limitOf(granted));
  }

  /** Bytes that count as free and are not: mapped files, and what loads will still allocate. */
  private long taken(Path own) {
    long bytes = 0;
    var files = new HashSet<Path>();
    files.add(own.toAbsolutePath().normalize());
    for (EngineHost host : hosts.values()) {
      ServedModel model = host.model();
      ModelSizes sizes = model.sizes();
      if (sizes == null || model.state() instanceof ServedModel.Failed) {
        continue;
      }
      if (files.add(model.plan().path().toAbsolutePath().normalize())) {
        bytes += sizes.file();
      }
      if (model.state() instanceof ServedModel.Loading) {
        bytes += sizes.cache() + sizes.compute();
      }
    }
    return bytes;
  }

  private void gone(EngineHost host, boolean closed) {
    if (!closed) {
      LOG.error("The engine of {} does not close; this process ends", host.model().name());
      exit.begin();
      return;
    }
    hosts.remove(host.model().name(), host);
    shared.models().remove(host.model());
    LOG.info("{} is unloaded", host.model().name());
  }

  private boolean survives(Death death) {
    boolean contained = death.contained(shared.settings().backend(), shared.models().anyReady());
    if (!contained) {
      exit.begin();
    }
    return contained;
  }

  private static void refuse(boolean wrong, String why) {
    if (wrong) {
      throw ServiceException.of(ErrorCode.INVALID_STATE, why);
    }
  }
}
