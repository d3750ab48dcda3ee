package io.r1platform.inference.models;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/** The models of this process, configured or loaded later. For many threads. */
@Component
public final class Models {
  private final ModelSettings settings;
  private final Clock clock;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile boolean draining;
  private volatile List<ServedModel> served = List.of(); // replaced, never changed

  Models(ModelSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Those to load at the start, at least one. */
  public List<ModelPlan> configured() {
    return settings.models();
  }

  /** All of them, in the order in which they came. */
  public List<ServedModel> all() {
    return served;
  }

  /** From now on this process is not ready, whatever its models are. */
  public void drain() {
    draining = true;
  }

  /** Whether this process should get requests: a model is ready and it does not drain. */
  boolean wanted() {
    return anyReady() && !draining;
  }

  /** Whether any model is ready. */
  public boolean anyReady() {
    return served.stream().anyMatch(model -> model.card().isPresent());
  }

  /** The model called {@code name}, in whatever state. */
  public Optional<ServedModel> find(String name) {
    return served.stream().filter(model -> model.name().equals(name)).findFirst();
  }

  /**
   * Takes the name and the number of a model that is to be loaded.
   *
   * @throws ServiceException invalid_state if one of them is taken, or there are too many models
   */
  public ServedModel add(ModelPlan plan) {
    changing.lock();
    try {
      for (ServedModel other : served) {
        refuse(other.name().equals(plan.name()), "The name '%s' is taken.".formatted(plan.name()));
        refuse(
            other.plan().modelId() == plan.modelId(),
            "The number %d is that of '%s'.".formatted(plan.modelId(), other.name()));
      }
      refuse(
          served.size() >= settings.modelsMax(),
          "There are %d models, as many as this service holds. Unload one first."
              .formatted(served.size()));
      var added = new ServedModel(plan, clock);
      var all = new ArrayList<ServedModel>(served);
      all.add(added);
      served = List.copyOf(all);
      return added;
    } finally {
      changing.unlock();
    }
  }

  /** Forgets a model that is gone. */
  public void remove(ServedModel gone) {
    changing.lock();
    try {
      served = served.stream().filter(model -> model != gone).toList();
    } finally {
      changing.unlock();
    }
  }

  /**
   * The card of the model called {@code name}.
   *
   * @throws ServiceException model_not_found; engine_unavailable while it is not ready;
   *     server_draining once it is being unloaded
   */
  public ModelCard require(String name) {
    return find(name).orElseThrow(() -> notHere(name)).require();
  }

  /** What a caller hears who names a model that is not here. */
  public static ServiceException notHere(String name) {
    return ServiceException.ofParam(
        ErrorCode.MODEL_NOT_FOUND, "model", "The model '%s' is not here.".formatted(name));
  }

  private static void refuse(boolean wrong, String why) {
    if (wrong) {
      throw ServiceException.of(ErrorCode.INVALID_STATE, why);
    }
  }
}
