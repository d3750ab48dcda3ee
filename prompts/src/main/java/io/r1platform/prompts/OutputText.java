package io.r1platform.prompts;

import java.util.List;

/**
 * Turns output tokens into reasoning and answer, by token id. The prompt has opened {@code
 * <think>}, so output begins as reasoning; a model that repeats the tag is understood too. Newlines
 * next to the tags are layout and dropped, as DeepSeek's service does. Stop strings are searched in
 * the answer only. Not for many threads at once.
 */
public final class OutputText {
  private final int thinkOpen;
  private final int thinkClose;
  private final Utf8Pieces bytes = new Utf8Pieces();
  private final StopStrings stops;
  private final StringBuilder newlines = new StringBuilder();
  private boolean reasoning = true;
  private boolean atStart = true;
  private int tokens;
  private int reasoningTokens;

  /**
   * Text that became certain with one token; both parts are empty for most markers.
   *
   * @param reasoning to append to the reasoning
   * @param answer to append to the answer
   */
  public record Text(String reasoning, String answer) {
    static final Text NONE = new Text("", "");

    /** Whether nothing is to be appended. */
    public boolean isEmpty() {
      return reasoning.isEmpty() && answer.isEmpty();
    }
  }

  /** For one generation. */
  public OutputText(int thinkOpen, int thinkClose, List<String> stops) {
    this.thinkOpen = thinkOpen;
    this.thinkClose = thinkClose;
    this.stops = new StopStrings(stops);
  }

  /**
   * Takes the next token.
   *
   * @param id its id
   * @param isText false for markers and the end token: they are counted, not shown
   * @param piece its bytes
   */
  public Text accept(int id, boolean isText, byte[] piece) {
    tokens++;
    if (reasoning) {
      reasoningTokens = tokens;
      if (id == thinkClose) {
        return closeReasoning();
      }
    }
    if (!isText || id == thinkOpen || id == thinkClose) {
      return Text.NONE;
    }
    return textOf(bytes.accept(piece));
  }

  /** What still waited when the output ended. */
  public Text finish() {
    Text last = textOf(bytes.finish());
    if (reasoning) {
      String rest = atStart ? "" : newlines.toString();
      return new Text(last.reasoning() + rest, "");
    }
    return new Text("", last.answer() + stops.finish());
  }

  /** Whether a stop string was found: more tokens add nothing. */
  public boolean stopped() {
    return stops.found();
  }

  /** Whether the reasoning is closed. */
  public boolean reasoningEnded() {
    return !reasoning;
  }

  /** Tokens taken so far. */
  public int tokens() {
    return tokens;
  }

  /** Tokens up to and with {@code </think>}; all, while it has not come. */
  public int reasoningTokens() {
    return reasoningTokens;
  }

  private Text closeReasoning() {
    Text last = textOf(bytes.finish());
    reasoning = false;
    atStart = true;
    newlines.setLength(0);
    return last;
  }

  private Text textOf(String text) {
    String shown = atStart ? withoutLeadingNewlines(text) : text;
    if (shown.isEmpty()) {
      return Text.NONE;
    }
    atStart = false;
    return reasoning ? new Text(holdNewlines(shown), "") : new Text("", stops.accept(shown));
  }

  /** Newlines wait until other text follows, for those before the closing tag are layout. */
  private String holdNewlines(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '\n') {
      end--;
    }
    if (end == 0) {
      newlines.append(text);
      return "";
    }
    String through = newlines + text.substring(0, end);
    newlines.setLength(0);
    newlines.append(text, end, text.length());
    return through;
  }

  private static String withoutLeadingNewlines(String text) {
    int start = 0;
    while (start < text.length() && text.charAt(start) == '\n') {
      start++;
    }
    return text.substring(start);
  }
}
