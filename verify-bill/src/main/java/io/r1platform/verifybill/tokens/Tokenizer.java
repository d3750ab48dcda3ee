package io.r1platform.verifybill.tokens;

import io.r1platform.receipts.NotGenuine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Gives texts their token ids, as the engine does for a text without markers: control tokens are
 * never found in a text. Thread-safe.
 */
public final class Tokenizer {
  private static final int BYTES = 256;
  private static final long USER_DEFINED = 4;

  private record Found(String text, int id) {}

  /** What two neighbours become, and how early. */
  private record Merge(int rank, int id) {}

  private final SplitRule rule;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Long, Merge> merges = new HashMap<>();
  private final List<Found> found = new ArrayList<>();
  private final int[] ofByte = new int[BYTES];

  private Tokenizer(VocabularyFile file) {
    if (!file.model().equals("gpt2")) {
      throw new NotGenuine("the model's tokenizer is '%s', not BPE".formatted(file.model()));
    }
    rule = SplitRule.named(file.rule());
    for (int id = 0; id < file.tokens().size(); id++) {
      ids.put(file.tokens().get(id), id);
      if (file.types().get(id) == USER_DEFINED) {
        found.add(new Found(file.tokens().get(id), id));
      }
    }
    found.sort(Comparator.comparing(one -> -one.text.getBytes(StandardCharsets.UTF_8).length));
    for (int b = 0; b < BYTES; b++) {
      ofByte[b] = id(Character.toString(letterOf(b)));
    }
    for (int rank = 0; rank < file.merges().size(); rank++) {
      String pair = file.merges().get(rank);
      int space = pair.indexOf(' ', 1);
      if (space < 0) {
        throw new NotGenuine("the model's merge %d has no two parts".formatted(rank));
      }
      String left = pair.substring(0, space);
      String right = pair.substring(space + 1);
      merges.putIfAbsent(pair(id(left), id(right)), new Merge(rank, id(left + right)));
    }
  }

  /**
   * Of a model's GGUF file, of which the first megabytes are enough.
   *
   * @throws NotGenuine if it has no tokenizer that is known here
   */
  public static Tokenizer of(Path gguf) throws IOException {
    return new Tokenizer(VocabularyFile.read(gguf));
  }

  private int id(String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new NotGenuine("the model's vocabulary lacks a token that its merges name");
    }
    return id;
  }

  /** The id of a token by its text in the vocabulary, a marker's for instance; −1: none. */
  public int tokenId(String token) {
    return ids.getOrDefault(token, -1);
  }

  /**
   * A byte's letter in a byte-level vocabulary: printable Latin-1 stands for itself, the rest for
   * what follows U+0100, in order.
   */
  private static char letterOf(int b) {
    int others = 0;
    for (int i = 0; i < b; i++) {
      others += stands(i) ? 0 : 1;
    }
    return (char) (stands(b) ? b : BYTES + others);
  }

  private static boolean stands(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
  }

  /**
   * The ids of a text.
   *
   * @throws IllegalArgumentException if it has half a surrogate pair
   */
  public int[] tokenize(String text) {
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the text is no Unicode text", e);
    }
    var to = new Ids();
    fragments(text, 0, to);
    return to.toArray();
  }

  /**
   * The ids of a text's UTF-8.
   *
   * @throws IllegalArgumentException if it is not UTF-8
   */
  public int[] tokenize(byte[] utf8) {
    try {
      return tokenize(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the text is not UTF-8", e);
    }
  }

  /** Tokens that are found in any text are taken out first, longer ones before shorter ones. */
  private void fragments(String text, int next, Ids to) {
    if (text.isEmpty()) {
      return;
    }
    if (next == found.size()) {
      words(text, to);
      return;
    }
    Found one = found.get(next);
    int from = 0;
    for (int at = text.indexOf(one.text); at >= 0; at = text.indexOf(one.text, from)) {
      fragments(text.substring(from, at), next + 1, to);
      to.add(one.id);
      from = at + one.text.length();
    }
    fragments(text.substring(from), next + 1, to);
  }

  private void words(String text, Ids to) {
    int[] points = text.codePoints().toArray();
    var cut = new int[1];
    rule.split(
        points,
        end -> {
          merge(new String(points, cut[0], end - cut[0]).getBytes(StandardCharsets.UTF_8), to);
          cut[0] = end;
        });
  }

  /** Merges neighbours, the earliest merge first, of equal ones the leftmost. */
  private void merge(byte[] word, Ids to) {
    int count = word.length;
    int[] token = new int[count];
    int[] next = new int[count];
    int[] previous = new int[count];
    for (int i = 0; i < count; i++) {
      token[i] = ofByte[Byte.toUnsignedInt(word[i])];
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    var waiting = new PriorityQueue<Long>();
    for (int i = 0; i + 1 < count; i++) {
      offer(waiting, token, i, i + 1);
    }
    while (!waiting.isEmpty()) {
      long first = waiting.poll();
      int left = (int) first;
      int right = token[left] < 0 ? count : next[left];
      Merge merge = right < count ? merges.get(pair(token[left], token[right])) : null;
      if (merge == null || merge.rank != (int) (first >>> Integer.SIZE)) {
        continue; // one of them is another token by now
      }
      token[left] = merge.id;
      token[right] = -1;
      next[left] = next[right];
      if (next[left] < count) {
        previous[next[left]] = left;
        offer(waiting, token, left, next[left]);
      }
      if (previous[left] >= 0) {
        offer(waiting, token, previous[left], left);
      }
    }
    for (int i = 0; i < count; i = next[i]) {
      to.add(token[i]);
    }
  }

  private void offer(PriorityQueue<Long> waiting, int[] token, int left, int right) {
    Merge merge = merges.get(pair(token[left], token[right]));
    if (merge != null) {
      waiting.add((long) merge.rank << Integer.SIZE | left);
    }
  }

  private static long pair(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }

  /** Ids that grow. */
  private static final class Ids {
    private int[] ids = new int[64];
    private int count;

    private void add(int id) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, count * 2);
      }
      ids[count++] = id;
    }

    private int[] toArray() {
      return Arrays.copyOf(ids, count);
    }
  }
}
