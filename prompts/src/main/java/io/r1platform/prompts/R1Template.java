package io.r1platform.prompts;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * DeepSeek-R1's chat template, as token ids. Role markers go in as ids; every text is tokenized on
 * its own, with any marker in it cut in two, so no text can become a marker. Thread-safe if the
 * tokenizer is.
 */
public final class R1Template {
  private static final Pattern MARKER = Pattern.compile("</?think>|<｜[^<>｜]{1,64}｜>");
  private static final String THINK_CLOSE_TEXT = "</think>";

  private final Function<String, int[]> tokenizer;
  private final int begin;
  private final int end;
  private final int user;
  private final int assistant;
  private final int thinkOpen;
  private final int thinkClose;

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
  }

  /** The id of {@code <think>}. */
  public int thinkOpenId() {
    return thinkOpen;
  }

  /** The id of {@code </think>}. */
  public int thinkCloseId() {
    return thinkClose;
  }

  /**
   * The prompt of a conversation: begin, all system texts, the turns in order, and an opened
   * reasoning of the assistant. Of the assistant's earlier texts only what follows {@code </think>}
   * is kept.
   */
  public int[] render(List<ChatMessage> messages) {
    var ids = new Ids();
    ids.add(begin);
    String system =
        messages.stream()
            .filter(message -> message.role() == ChatMessage.Role.SYSTEM)
            .map(ChatMessage::text)
            .collect(Collectors.joining("\n\n"));
    addText(ids, system);
    for (ChatMessage message : messages) {
      switch (message.role()) {
        case SYSTEM -> {}
        case USER -> {
          ids.add(user);
          addText(ids, message.text());
        }
        case ASSISTANT -> {
          ids.add(assistant);
          addText(ids, answerOf(message.text()));
          ids.add(end);
        }
      }
    }
    ids.add(assistant);
    ids.add(thinkOpen);
    addText(ids, "\n");
    return ids.toArray();
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
