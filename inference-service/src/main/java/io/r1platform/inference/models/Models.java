package io.r1platform.inference.models;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The one model of this process: where its file is, and its card once the engine has loaded it. */
@Component
public final class Models {
  /** How far loading got. */
  public sealed interface State {}

  /** On its way. */
  public record Loading() implements State {}

  /** Ready to generate. */
  public record Ready(ModelCard card) implements State {}

  /** Will not come, or has died; the process must be started again. */
  public record Failed(String why) implements State {}

  private static final Duration LOADING_RETRY = Duration.ofSeconds(5);

  private final ModelSettings settings;
  private final Clock clock;
  private volatile State state = new Loading();

  Models(ModelSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** The file or directory to load. */
  public Path file() {
    return settings.path();
  }

  /** The model's name, known before it is loaded. */
  public String name() {
    return settings.name();
  }

  /** How far loading got. */
  public State state() {
    return state;
  }

  /** The engine has loaded the model. */
  public void loaded(ModelFacts facts) {
    int longest = Math.min(settings.maxOutputTokens(), facts.contextTokens());
    state =
        new Ready(
            new ModelCard(
                settings.name(),
                settings.modelId(),
                facts.contextTokens(),
                longest,
                Math.min(settings.defaultMaxTokens(), longest),
                facts.tokenizerSha256(),
                fingerprint(facts),
                clock.instant().getEpochSecond()));
  }

  /** The engine could not load the model, or has died. */
  public void failed(String why) {
    state = new Failed(why);
  }

  /** The card, if the model is ready. */
  public Optional<ModelCard> card() {
    return state instanceof Ready ready ? Optional.of(ready.card()) : Optional.empty();
  }

  /**
   * The card of the model called {@code name}.
   *
   * @throws ServiceException model_not_found; engine_unavailable while it is not ready
   */
  public ModelCard require(String name) {
    if (!name.equals(settings.name())) {
      throw ServiceException.ofParam(
          ErrorCode.MODEL_NOT_FOUND, "model", "The model '%s' is not here.".formatted(name));
    }
    return switch (state) {
      case Ready ready -> ready.card();
      case Loading _ ->
          throw ServiceException.retryable(
              ErrorCode.ENGINE_UNAVAILABLE,
              "The model is still loading. Nothing was charged; send the request again.",
              LOADING_RETRY);
      case Failed _ ->
          throw ServiceException.retryable(
              ErrorCode.ENGINE_UNAVAILABLE,
              "The model could not be loaded. Nothing was charged.",
              LOADING_RETRY);
    };
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
