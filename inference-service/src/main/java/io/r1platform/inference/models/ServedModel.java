package io.r1platform.inference.models;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One model of this process, from the decision to load it until it is gone. For many threads. */
public final class ServedModel {
  /** Where it stands. */
  public sealed interface State {}

  /**
   * On its way.
   *
   * @param progress 0 to 1
   */
  public record Loading(float progress) implements State {}

  /** Ready to generate. */
  public record Ready(ModelCard card) implements State {}

  /** Takes nothing more; what runs goes on for a while. */
  public record Unloading() implements State {}

  /** Could not be loaded, or has died. */
  public record Failed(String why) implements State {}

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final ModelPlan plan;
  private final Clock clock;
  private final AtomicReference<State> state = new AtomicReference<>(new Loading(0));
  private volatile @Nullable ModelSizes sizes;

  ServedModel(ModelPlan plan, Clock clock) {
    this.plan = plan;
    this.clock = clock;
  }

  /** What was asked for. */
  public ModelPlan plan() {
    return plan;
  }

  /** Its name in requests. */
  public String name() {
    return plan.name();
  }

  /** Where it stands. */
  public State state() {
    return state.get();
  }

  /** What it takes in memory, where that is known. */
  public @Nullable ModelSizes sizes() {
    return sizes;
  }

  /** Its card if it is ready. */
  public Optional<ModelCard> card() {
    return state.get() instanceof Ready ready ? Optional.of(ready.card()) : Optional.empty();
  }

  /** It will take so much. */
  public void takes(ModelSizes estimate) {
    sizes = estimate;
  }

  /** Loading got so far, 0 to 1. */
  public void loading(float progress) {
    unlessUnloading(new Loading(progress));
  }

  /** The engine has loaded it. */
  public void loaded(ModelFacts facts) {
    int longest = Math.min(plan.maxOutputTokens(), facts.contextTokens());
    unlessUnloading(
        new Ready(
            new ModelCard(
                plan.name(),
                plan.modelId(),
                facts.contextTokens(),
                longest,
                Math.min(plan.defaultMaxTokens(), longest),
                facts.tokenizerSha256(),
                fingerprint(facts),
                clock.instant().getEpochSecond(),
                facts.backend(),
                facts.simulated(),
                facts.capabilities())));
  }

  /** It takes nothing more; false if that was so before. */
  public boolean unloading() {
    return !(state.getAndSet(new Unloading()) instanceof Unloading);
  }

  /** The engine could not load it, or has died. */
  public void failed(String why) {
    state.set(new Failed(why));
  }

  /**
   * Its card.
   *
   * @throws ServiceException engine_unavailable while it is not ready; server_draining once it is
   *     being unloaded
   */
  ModelCard require() {
    return switch (state.get()) {
      case Ready ready -> ready.card();
      case Loading _ -> throw notNow(ErrorCode.ENGINE_UNAVAILABLE, "The model is still loading.");
      case Unloading _ -> throw notNow(ErrorCode.SERVER_DRAINING, "The model is being unloaded.");
      case Failed _ ->
          throw notNow(
              ErrorCode.ENGINE_UNAVAILABLE, "The model could not be loaded, or its engine died.");
    };
  }

  private void unlessUnloading(State next) {
    state.updateAndGet(now -> now instanceof Unloading ? now : next);
  }

  private static ServiceException notNow(ErrorCode code, String why) {
    return ServiceException.retryable(
        code, why + " Nothing was charged; send the request again.", RETRY);
  }

  private static String fingerprint(ModelFacts facts) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (facts.fileSha256() + '\n' + facts.backend()).getBytes(StandardCharsets.UTF_8));
      return "fp_" + HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
