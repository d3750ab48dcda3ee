package io.r1platform.eval.sets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Random numbers from a seed of 256 bits: SHA-256 of the seed, a label and a counter. The same on
 * every machine and Java, and, unlike a generator of 48 or 64 bits, not to be guessed by trying.
 */
final class Draws {
  private final String seed;
  private final String label;
  private long counter;

  Draws(String seed, String label) {
    this.seed = seed;
    this.label = label;
  }

  /** A number from {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    long range = (long) high - low + 1;
    long limit = Long.MAX_VALUE - Long.MAX_VALUE % range; // no number more often than another
    while (true) {
      long drawn = next();
      if (drawn < limit) {
        return (int) (low + drawn % range);
      }
    }
  }

  boolean chance(int percent) {
    return between(1, 100) <= percent;
  }

  <T> T of(List<T> items) {
    return items.get(between(0, items.size() - 1));
  }

  /** So many of them, none twice, in a random order. */
  <T> List<T> sample(List<T> items, int count) {
    var left = new ArrayList<>(items);
    var drawn = new ArrayList<T>();
    while (drawn.size() < count) {
      drawn.add(left.remove(between(0, left.size() - 1)));
    }
    return drawn;
  }

  /** A number with exactly so many digits; one digit includes 0. */
  int digits(int count) {
    int least = 1;
    for (int i = 1; i < count; i++) {
      least *= 10;
    }
    return between(count == 1 ? 0 : least, least * 10 - 1);
  }

  private long next() {
    byte[] digest = sha256(seed + "\n" + label + "\n" + counter++);
    return ByteBuffer.wrap(digest).getLong() & Long.MAX_VALUE;
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
