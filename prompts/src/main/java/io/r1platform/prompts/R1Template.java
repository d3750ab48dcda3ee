package io.r1platform.prompts;

import io.r1platform.prompts.ChatMessage.Role;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * DeepSeek-R1's chat template, as token ids. Role markers go in as ids; every text is tokenized on
 * its own, with any marker in it cut in two, so no text can become a marker. Thread-safe if the
 * tokenizer is.
 */
public final class R1Template {
  private static final Pattern MARKER = Pattern.compile("</?think>|<｜[^<>｜]{1,64}｜>");
  private static final String THINK_CLOSE_TEXT = "</think>";
  private static final String CALL_KIND = "function";

  private final Function<String, int[]> tokenizer;
  private final int begin;
  private final int end;
  private final int user;
  private final int assistant;
  private final int thinkOpen;
  private final int thinkClose;
  private final int[] newline; // the same in each prompt, and a tokenizer's call is not for nothing
  private final @Nullable ToolMarkers tools;

  /**
   * A template for one vocabulary.
   *
   * @param markerIds gives a marker's id, or −1
   * @param tokenizer gives a text's ids, without BOS
   * @throws IllegalArgumentException if the vocabulary lacks one of R1's markers
   */
  public R1Template(ToIntFunction<String> markerIds, Function<String, int[]> tokenizer) {
    this.tokenizer = tokenizer;
    this.begin = require(markerIds, "<｜begin▁of▁sentence｜>");
    this.end = require(markerIds, "<｜end▁of▁sentence｜>");
    this.user = require(markerIds, "<｜User｜>");
    this.assistant = require(markerIds, "<｜Assistant｜>");
    this.thinkOpen = require(markerIds, "<think>");
    this.thinkClose = require(markerIds, THINK_CLOSE_TEXT);
    this.tools = ToolMarkers.of(markerIds).orElse(null);
    this.newline = tokenizer.apply("\n");
  }

  /** The id of {@code </think>}. */
  public int thinkCloseId() {
    return thinkClose;
  }

  /** The marker between a call's kind and its name, or −1 if the vocabulary has no tools. */
  public int callSeparatorId() {
    return tools == null ? -1 : tools.separator();
  }

  /** Whether the vocabulary has the markers of tool calls. */
  public boolean hasTools() {
    return tools != null;
  }

  /** Reads the output of a prompt of this template. */
  public OutputText output(List<String> stops, ToolUse use) {
    return OutputText.withCalls(thinkOpen, thinkClose, stops, use.reader(tools));
  }

  /** Reads the output of a raw prompt: all is answer. */
  public OutputText rawOutput(List<String> stops) {
    return OutputText.raw(thinkOpen, thinkClose, stops);
  }

  /** A prompt without the template: begin and the text, in which no marker can be written. */
  public int[] raw(String text) {
    var ids = new Ids();
    ids.add(begin);
    addText(ids, text);
    return ids.toArray();
  }

  /** The prompt of a conversation without tools. */
  public int[] render(List<ChatMessage> messages) {
    return render(messages, ToolUse.NONE);
  }

  /**
   * The prompt of a conversation: begin, all system texts, the tools, the turns in order, and an
   * opened reasoning of the assistant. Of the assistant's earlier texts only what follows {@code
   * </think>} is kept.
   *
   * @throws IllegalArgumentException if there are tools, calls or outputs, and no markers for them
   */
  public int[] render(List<ChatMessage> messages, ToolUse use) {
    var ids = new Ids();
    ids.add(begin);
    String system =
        messages.stream()
            .filter(message -> message.role() == Role.SYSTEM)
            .map(ChatMessage::text)
            .collect(Collectors.joining("\n\n"));
    addText(ids, system);
    if (!use.tools().isEmpty()) {
      addText(ids, (system.isEmpty() ? "" : "\n\n") + ToolPrompt.list(use));
      addFormat(ids, use);
    }
    Role last = Role.SYSTEM;
    for (ChatMessage message : messages) {
      if (message.role() != Role.SYSTEM) {
        addTurn(ids, message, last);
        last = message.role();
      }
    }
    if (last == Role.TOOL) {
      ids.add(markers().outputsEnd());
    }
    ids.add(assistant);
    ids.add(thinkOpen);
    ids.addAll(newline);
    return ids.toArray();
  }

  private void addTurn(Ids ids, ChatMessage message, Role last) {
    if (last == Role.TOOL && message.role() != Role.TOOL) {
      ids.add(markers().outputsEnd());
    }
    switch (message.role()) {
      case SYSTEM -> {}
      case USER -> {
        ids.add(user);
        addText(ids, message.text());
      }
      case ASSISTANT -> {
        ids.add(assistant);
        addText(ids, answerOf(message.text()));
        addCalls(ids, message.calls());
        ids.add(end);
      }
      case TOOL -> {
        if (last == Role.TOOL) {
          ids.addAll(newline);
        } else {
          ids.add(markers().outputsBegin());
        }
        ids.add(markers().outputBegin());
        addText(ids, message.text());
        ids.add(markers().outputEnd());
      }
    }
  }

  /** The published template leaves a single call open; here each list of calls is closed. */
  private void addCalls(Ids ids, List<ToolCall> calls) {
    if (calls.isEmpty()) {
      return;
    }
    ids.add(markers().callsBegin());
    for (int i = 0; i < calls.size(); i++) {
      if (i > 0) {
        ids.addAll(newline);
      }
      addCall(ids, calls.get(i));
    }
    ids.add(markers().callsEnd());
  }

  private void addCall(Ids ids, ToolCall call) {
    ids.add(markers().callBegin());
    addText(ids, CALL_KIND);
    ids.add(markers().separator());
    addText(ids, call.name() + "\n```json\n" + call.arguments() + "\n```");
    ids.add(markers().callEnd());
  }

  private void addFormat(Ids ids, ToolUse use) {
    addText(ids, ToolPrompt.format(use));
    if (use.form() == ToolUse.Form.MARKED) {
      addCalls(ids, List.of(ToolPrompt.EXAMPLE));
    }
  }

  private ToolMarkers markers() {
    ToolMarkers known = tools;
    if (known == null) {
      throw new IllegalArgumentException("the vocabulary has no markers of tool calls");
    }
    return known;
  }

  private static String answerOf(String text) {
    int close = text.lastIndexOf(THINK_CLOSE_TEXT);
    return close < 0 ? text : text.substring(close + THINK_CLOSE_TEXT.length());
  }

  private void addText(Ids ids, String text) {
    int from = 0;
    Matcher marker = MARKER.matcher(text);
    while (marker.find()) {
      addFragment(ids, text.substring(from, marker.start() + 1));
      from = marker.start() + 1;
    }
    addFragment(ids, text.substring(from));
  }

  private void addFragment(Ids ids, String fragment) {
    if (!fragment.isEmpty()) {
      ids.addAll(tokenizer.apply(fragment));
    }
  }

  private static int require(ToIntFunction<String> markerIds, String marker) {
    int id = markerIds.applyAsInt(marker);
    if (id < 0) {
      throw new IllegalArgumentException(
          "The model's vocabulary has no " + marker + ": it is not one of R1's family");
    }
    return id;
  }

  /** Ids that grow. */
  private static final class Ids {
    private int[] ids = new int[256];
    private int count;

    void add(int id) {
      reserve(1);
      ids[count++] = id;
    }

    void addAll(int[] more) {
      reserve(more.length);
      System.arraycopy(more, 0, ids, count, more.length);
      count += more.length;
    }

    int[] toArray() {
      return Arrays.copyOf(ids, count);
    }

    private void reserve(int more) {
      if (ids.length - count < more) {
        ids = Arrays.copyOf(ids, Math.max(ids.length * 2, count + more));
      }
    }
  }
}
