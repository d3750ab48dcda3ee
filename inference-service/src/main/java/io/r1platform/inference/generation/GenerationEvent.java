package io.r1platform.inference.generation;

import io.r1platform.inference.errors.ServiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a generation tells its listener: every token once, in order, then one {@link Ended}. */
public sealed interface GenerationEvent {
  /**
   * One output token.
   *
   * @param id its id
   * @param isText false for markers and the end token
   * @param piece its bytes; a character may span tokens
   * @param cachedTokens prompt tokens that came from the cache
   * @param logprob its natural logprob; 0 unless the task asked
   * @param alternatives the likeliest tokens in its place, if the task asked
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Token(
      int id,
      boolean isText,
      byte[] piece,
      int cachedTokens,
      float logprob,
      List<Alternative> alternatives)
      implements GenerationEvent {
    /** Without logprobs. */
    public Token(int id, boolean isText, byte[] piece, int cachedTokens) {
      this(id, isText, piece, cachedTokens, 0, List.of());
    }
  }

  /**
   * A token that could have come.
   *
   * @param piece its bytes: who writes the answer may do so when the engine is gone
   * @param logprob its natural logprob
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Alternative(byte[] piece, float logprob) {}

  /**
   * The end: the receipt is durable, unless {@code failure} says that it is not.
   *
   * @param finish how it ended
   * @param usage exact counts
   * @param failure what went wrong, or null where the client gets a whole answer
   */
  record Ended(Finish finish, Usage usage, @Nullable ServiceException failure)
      implements GenerationEvent {}

  /** How a generation ended. */
  enum Finish {
    /** The model's end token or the caller's stop string. */
    STOP,
    /** The cap of tokens. */
    LENGTH,
    /** A cancel call, or the connection closed. */
    CANCELLED,
    /** The longest wait or run time. */
    DEADLINE,
    /** A failure of ours. */
    ERROR;

    /** As it stands on the wire. */
    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * Counts and times of a generation.
   *
   * @param promptHit prompt tokens from the cache
   * @param promptMiss prompt tokens computed
   * @param reasoning output tokens up to {@code </think>}, inclusive
   * @param output all output tokens, end token included
   * @param outputSha256 over the output ids, each as big-endian i32; hex
   * @param ttftMillis from admission to the first token
   * @param queueMillis from admission to start
   */
  record Usage(
      int promptHit,
      int promptMiss,
      int reasoning,
      int output,
      String outputSha256,
      long ttftMillis,
      long queueMillis) {
    /** Hit and miss. */
    public int prompt() {
      return promptHit + promptMiss;
    }

    /** Prompt and output. */
    public int total() {
      return prompt() + output;
    }
  }
}
