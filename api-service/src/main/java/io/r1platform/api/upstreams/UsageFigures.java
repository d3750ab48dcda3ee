package io.r1platform.api.upstreams;

import io.r1platform.api.prices.Tokens;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Follows the usage that a foreign server states in one answer. Only figures that can be true
 * count: after the first that cannot, the last one before it stays for good. Nothing is estimated.
 *
 * <p>Servers state the running usage of several choices one by one; of these the largest counts,
 * which is never more than what was generated.
 */
public final class UsageFigures {
  /** Stop texts that were generated and are not shown, marks of reasoning and calls, the end. */
  private static final int UNSEEN = 128;

  private final Bounds bounds;
  private final int[] ofChoice;
  private final int[] reasoningOfChoice;
  private int prompt = -1;
  private int cached;
  private int output;
  private int reported = -1;
  private long bytes;
  private boolean reasoned;
  private boolean answered;
  private boolean finalSeen;
  private boolean runningMissing;
  private @Nullable Doubt doubt;

  /** What a piece of text is. */
  public enum Part {
    /** No text: a role, a reason why it ended. */
    NONE,
    /** Reasoning and nothing else. */
    REASONING,
    /** Answer or calls, also beside reasoning. */
    ANSWER
  }

  /**
   * What the request allows.
   *
   * @param prompt most prompt tokens
   * @param output most output tokens of all choices together
   * @param choices how many there are
   */
  public record Bounds(int prompt, int output, int choices) {
    public Bounds {
      if (prompt < 0 || output < 0 || choices < 1) {
        throw new IllegalArgumentException("no such bounds");
      }
    }
  }

  private record Figure(int prompt, int output, int cached, int reasoning) {}

  /** Before the first event. */
  public UsageFigures(Bounds bounds) {
    this.bounds = bounds;
    this.ofChoice = new int[bounds.choices()];
    this.reasoningOfChoice = new int[bounds.choices()];
  }

  /**
   * An event of a choice.
   *
   * @param size bytes of its text in UTF-8
   * @param usage as it stands in the event; null or JSON's null if there is none
   */
  public void event(int choice, Part part, int size, @Nullable JsonNode usage) {
    bytes += size;
    answered |= part == Part.ANSWER;
    reasoned |= part == Part.REASONING;
    if (usage == null || !usage.isObject()) {
      runningMissing |= part != Part.NONE;
      return;
    }
    Figure figure = believed(usage, output(choice));
    if (figure != null) {
      if (choice >= 0 && choice < ofChoice.length) {
        ofChoice[choice] = figure.output;
        if (part == Part.REASONING) {
          reasoningOfChoice[choice] = figure.output;
        }
      }
      take(figure, Math.max(output, figure.output));
    }
  }

  private int output(int choice) {
    return choice >= 0 && choice < ofChoice.length ? ofChoice[choice] : output;
  }

  /** The usage of the whole answer, in an event of its own. */
  public void last(JsonNode usage) {
    finalSeen = true;
    Figure figure = believed(usage, output);
    if (figure != null) {
      take(figure, figure.output);
    }
  }

  /**
   * The answer is over.
   *
   * @param complete whether it ended well, so that its last usage was due
   */
  public void end(boolean complete) {
    if (doubt != null || bytes == 0) {
      return;
    }
    if (prompt < 0) {
      doubt = Doubt.MISSING;
    } else if (output == 0) {
      doubt = Doubt.ZERO_WITH_TEXT;
    } else if (complete && !finalSeen) {
      doubt = Doubt.FINAL_MISSING;
    } else if (runningMissing) {
      doubt = Doubt.RUNNING_MISSING;
    }
  }

  /** What is charged by the rule: the last figures that can be true. */
  public Tokens tokens() {
    int known = Math.min(reasoning(), output);
    return new Tokens(cached, Math.max(0, prompt) - cached, known, output - known);
  }

  /** Output tokens among them. */
  public int output() {
    return output;
  }

  /** Reasoning tokens among them, as far as the server told them or where its text changed. */
  public int reasoning() {
    if (reported >= 0) {
      return reported;
    }
    return reasoned && !answered ? output : Arrays.stream(reasoningOfChoice).max().orElse(0);
  }

  /** Whether the figures are those of the whole answer, as the server gave them at its end. */
  public boolean isFinal() {
    return finalSeen && (doubt == null || !doubt.isWrong());
  }

  /** What is wrong with them, null if nothing is. */
  public @Nullable Doubt doubt() {
    return doubt;
  }

  private void take(Figure figure, int all) {
    prompt = figure.prompt;
    cached = figure.cached;
    output = all;
    reported = figure.reasoning;
  }

  private @Nullable Figure believed(JsonNode usage, int before) {
    if (doubt != null && doubt.isWrong()) {
      return null;
    }
    Figure figure = read(usage);
    doubt = figure == null ? Doubt.MALFORMED : wrong(figure, usage, before);
    return doubt == null ? figure : null;
  }

  private @Nullable Doubt wrong(Figure figure, JsonNode usage, int before) {
    JsonNode total = usage.path("total_tokens");
    if (total.isNumber() && total.asLong(-1) != (long) figure.prompt + figure.output) {
      return Doubt.SUM_WRONG;
    }
    if (prompt >= 0 && figure.prompt != prompt) {
      return Doubt.PROMPT_CHANGED;
    }
    if (figure.output < before) {
      return Doubt.FELL;
    }
    if (figure.cached > figure.prompt) {
      return Doubt.CACHED_ABOVE_PROMPT;
    }
    if (figure.reasoning > figure.output) {
      return Doubt.REASONING_ABOVE_OUTPUT;
    }
    if (figure.prompt > bounds.prompt()) {
      return Doubt.PROMPT_ABOVE_REQUEST;
    }
    if (figure.output > bytes + UNSEEN) {
      return Doubt.OUTPUT_ABOVE_TEXT;
    }
    return figure.output > bounds.output() ? Doubt.OUTPUT_ABOVE_CAP : null;
  }

  private static @Nullable Figure read(JsonNode usage) {
    int prompt = count(usage.path("prompt_tokens"), -1);
    int output = count(usage.path("completion_tokens"), -1);
    int cached = count(usage.path("prompt_tokens_details").path("cached_tokens"), 0);
    JsonNode told = usage.path("completion_tokens_details").path("reasoning_tokens");
    int reasoning = count(told, 0);
    if (prompt < 0 || output < 0 || cached < 0 || reasoning < 0) {
      return null;
    }
    return new Figure(prompt, output, cached, told.isNumber() ? reasoning : -1);
  }

  /** A count; {@code absent} where there is none, -1 where it is no count. */
  private static int count(JsonNode node, int absent) {
    if (node.isMissingNode() || node.isNull()) {
      return absent;
    }
    return node.isIntegralNumber() && node.canConvertToInt() && node.asInt() >= 0
        ? node.asInt()
        : -1;
  }
}
