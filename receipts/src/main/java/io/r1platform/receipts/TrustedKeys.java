package io.r1platform.receipts;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a log and for which of its sizes each may sign. A size says when without a clock: a
 * retired key, should it leak, can sign nothing that is newer.
 *
 * @param keys in any order
 */
public record TrustedKeys(List<Key> keys) {
  private static final String OPEN = "-";
  private static final int MOST = 1_000;

  /**
   * A key.
   *
   * @param key the key
   * @param firstSize the smallest size it may sign
   * @param lastSize the largest; {@link Long#MAX_VALUE} while it is in use
   */
  public record Key(NoteKey key, long firstSize, long lastSize) {}

  /** Copies the list. */
  public TrustedKeys {
    keys = List.copyOf(keys);
  }

  /** One key for every size. */
  public static TrustedKeys always(NoteKey key) {
    return new TrustedKeys(List.of(new Key(key, 0, Long.MAX_VALUE)));
  }

  /** Those that may sign a checkpoint of that size. */
  public List<NoteKey> at(long size) {
    return keys.stream()
        .filter(key -> key.firstSize <= size && size <= key.lastSize)
        .map(Key::key)
        .toList();
  }

  /** Those that may sign for a log of that size or a later one. */
  public List<NoteKey> from(long size) {
    return keys.stream().filter(key -> size <= key.lastSize).map(Key::key).toList();
  }

  /**
   * These and the older ones of a list that the signer, which is one of these, has vouched for:
   * those that were retired when it began. So whoever knows a log's newest key can check what was
   * signed before it.
   */
  public TrustedKeys withOlder(TrustedKeys listed, NoteKey signer) {
    var all = new ArrayList<>(keys);
    listed.keys.stream()
        .filter(key -> key.key.equals(signer))
        .findFirst()
        .ifPresent(
            its ->
                listed.keys.stream()
                    .filter(key -> key.lastSize <= its.firstSize)
                    .filter(key -> keys.stream().noneMatch(mine -> mine.key.equals(key.key)))
                    .forEach(all::add));
    return new TrustedKeys(all);
  }

  /** A line for each key: its text, first size, and last size or {@code -}. */
  public String text() {
    var text = new StringBuilder();
    for (Key key : keys) {
      String last = key.lastSize == Long.MAX_VALUE ? OPEN : Long.toString(key.lastSize);
      text.append("%s %d %s\n".formatted(key.key.text(), key.firstSize, last));
    }
    return text.toString();
  }

  /**
   * Reads {@link #text}; a line with the key alone is one for every size.
   *
   * @throws NotGenuine if it is anything else, or there is no key
   */
  public static TrustedKeys parse(String text, String what) {
    var keys = new ArrayList<Key>();
    for (String line : Lines.of(text, what)) {
      String[] parts = line.split(" ", -1);
      if (parts.length == 1) {
        keys.add(new Key(NoteKey.parse(line), 0, Long.MAX_VALUE));
      } else if (parts.length == 3) {
        keys.add(
            new Key(
                NoteKey.parse(parts[0]),
                Lines.count(parts[1], what + ": first size"),
                parts[2].equals(OPEN)
                    ? Long.MAX_VALUE
                    : Lines.count(parts[2], what + ": last size")));
      } else {
        throw new NotGenuine(what + ": not a key with its sizes: " + Lines.shown(line));
      }
    }
    if (keys.isEmpty() || keys.size() > MOST) {
      throw new NotGenuine("%s has %d keys".formatted(what, keys.size()));
    }
    return new TrustedKeys(keys);
  }
}
