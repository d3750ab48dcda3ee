package io.r1platform.inference.chatmodel;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/** Spring AI's options as this engine understands them, with R1's defaults. */
record CallOptions(
    @Nullable String model,
    @Nullable Integer maxTokens,
    float temperature,
    float topP,
    List<String> stops) {
  static final double DEFAULT_TEMPERATURE = 0.6;
  static final double DEFAULT_TOP_P = 0.95;
  private static final double LEAST_TOP_P = 1e-6;

  static CallOptions of(@Nullable ChatOptions options) {
    if (options == null) {
      return new CallOptions(
          null, null, (float) DEFAULT_TEMPERATURE, (float) DEFAULT_TOP_P, List.of());
    }
    refuse(options.getTopK() != null, "topK");
    refuse(isSet(options.getFrequencyPenalty()), "frequencyPenalty");
    refuse(isSet(options.getPresencePenalty()), "presencePenalty");
    refuse(
        options instanceof ToolCallingChatOptions tools
            && tools.getToolCallbacks() != null
            && !tools.getToolCallbacks().isEmpty(),
        "toolCallbacks");
    List<String> stops = options.getStopSequences();
    return new CallOptions(
        options.getModel(),
        options.getMaxTokens(),
        (float) inRange("temperature", options.getTemperature(), DEFAULT_TEMPERATURE, 0, 2),
        (float) inRange("topP", options.getTopP(), DEFAULT_TOP_P, LEAST_TOP_P, 1),
        stops == null ? List.of() : List.copyOf(stops));
  }

  private static boolean isSet(@Nullable Double penalty) {
    return penalty != null && penalty != 0;
  }

  private static void refuse(boolean asked, String name) {
    if (asked) {
      throw ServiceException.ofParam(
          ErrorCode.UNSUPPORTED_PARAMETER,
          name,
          "This model does not support '%s'.".formatted(name));
    }
  }

  private static double inRange(
      String name, @Nullable Double value, double absent, double min, double max) {
    if (value == null) {
      return absent;
    }
    if (!(value >= min && value <= max)) {
      throw ServiceException.invalidValue(name, "'%s' must be %s to %s.".formatted(name, min, max));
    }
    return value;
  }
}
