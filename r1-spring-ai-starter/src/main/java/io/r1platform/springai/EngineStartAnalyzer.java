package io.r1platform.springai;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says at the end of a failed start what to change. */
final class EngineStartAnalyzer extends AbstractFailureAnalyzer<EngineStartFailed> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, EngineStartFailed cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), action(cause), cause);
  }

  private static String action(EngineStartFailed failure) {
    return switch (failure.status()) {
      case MODEL ->
          "Let r1.chat.model name a whole GGUF file of R1, of one of its distills, or of r1-nano.";
      case MEMORY ->
          "Lower r1.chat.context-tokens or r1.chat.max-running, or take a smaller model.";
      case UNSUPPORTED ->
          "This machine or this jar lacks what r1.chat.backend needs: the message says what.";
      case INVALID, TOO_LARGE -> "Change the r1.chat settings that the message names.";
      case ABI -> "Use the jars of one version of R1 Platform.";
      case OK, TIMEOUT, QUEUE_FULL, NOT_FOUND, STATE, REQUEST, FATAL ->
          "Start it again; report it with the log if it happens twice.";
    };
  }
}
