package io.r1platform.prompts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns output tokens into reasoning, answer and tool calls, by token id. The prompt has opened
 * {@code <think>}, so output begins as reasoning; a model that repeats the tag is understood too.
 * Newlines next to the tags are layout and dropped, as DeepSeek's service does. Stop strings are
 * searched in the answer only. Not for many threads at once.
 */
public final class OutputText {
  private final int thinkOpen;
  private final int thinkClose;
  private final Utf8Pieces bytes = new Utf8Pieces();
  private final StopStrings stops;
  private final @Nullable CallReader calls;
  private final boolean raw;
  private final StringBuilder newlines = new StringBuilder();
  private boolean reasoning;
  private boolean atStart;
  private int tokens;
  private int reasoningTokens;

  /**
   * Text that became certain with one token; all parts are empty for most markers.
   *
   * @param reasoning to append to the reasoning
   * @param answer to append to the answer
   * @param calls parts of tool calls
   */
  public record Text(String reasoning, String answer, List<CallDelta> calls) {
    /** No text. */
    public static final Text NONE = new Text("", "");

    /** Without calls. */
    public Text(String reasoning, String answer) {
      this(reasoning, answer, List.of());
    }

    /** Whether nothing is to be appended. */
    public boolean isEmpty() {
      return reasoning.isEmpty() && answer.isEmpty() && calls.isEmpty();
    }

    /** Whether it can be appended to {@code before}: both are reasoning, or both are answer. */
    public boolean goesOn(Text before) {
      if (isEmpty() || before.isEmpty()) {
        return true;
      }
      boolean reasonings = answer.isEmpty() && before.answer.isEmpty();
      boolean answers = reasoning.isEmpty() && before.reasoning.isEmpty();
      return calls.isEmpty() && before.calls.isEmpty() && (reasonings || answers);
    }

    /** Both, one after the other. */
    public Text and(Text next) {
      if (isEmpty() || next.isEmpty()) {
        return isEmpty() ? next : this;
      }
      var both = new ArrayList<CallDelta>(calls);
      both.addAll(next.calls);
      return new Text(reasoning + next.reasoning, answer + next.answer, List.copyOf(both));
    }
  }

  /** For one generation without tools. */
  public OutputText(int thinkOpen, int thinkClose, List<String> stops) {
    this(thinkOpen, thinkClose, stops, null, false);
  }

  private OutputText(
      int thinkOpen, int thinkClose, List<String> stops, @Nullable CallReader calls, boolean raw) {
    this.thinkOpen = thinkOpen;
    this.thinkClose = thinkClose;
    this.stops = new StopStrings(stops);
    this.calls = calls;
    this.raw = raw;
    this.reasoning = !raw;
    this.atStart = !raw;
  }

  static OutputText withCalls(
      int thinkOpen, int thinkClose, List<String> stops, @Nullable CallReader calls) {
    return new OutputText(thinkOpen, thinkClose, stops, calls, false);
  }

  /** For a prompt without a template: all output is answer, tags of reasoning included. */
  public static OutputText raw(int thinkOpen, int thinkClose, List<String> stops) {
    return new OutputText(thinkOpen, thinkClose, stops, null, true);
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
    boolean tag = id == thinkOpen || id == thinkClose;
    if (reasoning) {
      reasoningTokens = tokens;
      if (id == thinkClose) {
        return closeReasoning();
      }
    } else if (calls != null && calls.knows(id)) {
      return marker(calls, id, new String(piece, StandardCharsets.UTF_8));
    }
    if (tag ? !raw : !isText) {
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
    Text call = calls == null ? Text.NONE : answerOf(calls.finish());
    return last.and(call).and(new Text("", stops.finish()));
  }

  /** Whether a stop string was found, or the only call that is wanted: more tokens add nothing. */
  public boolean stopped() {
    return stops.found() || (calls != null && calls.enough());
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

  private Text marker(CallReader reader, int id, String text) {
    Text before = textOf(bytes.finish());
    return before.and(answerOf(reader.marker(id, text)));
  }

  private Text textOf(String text) {
    if (reasoning) {
      String shown = shown(text);
      return shown.isEmpty() ? Text.NONE : new Text(holdNewlines(shown), "");
    }
    return answerOf(calls == null ? CallReader.Found.content(text) : calls.text(text));
  }

  private Text answerOf(CallReader.Found found) {
    String shown = shown(found.content());
    String answer = shown.isEmpty() ? "" : stops.accept(shown);
    return answer.isEmpty() && found.calls().isEmpty()
        ? Text.NONE
        : new Text("", answer, found.calls());
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

  /** Without newlines at the start of a part. */
  private String shown(String text) {
    if (!atStart) {
      return text;
    }
    int start = 0;
    while (start < text.length() && text.charAt(start) == '\n') {
      start++;
    }
    atStart = start == text.length();
    return text.substring(start);
  }
}
